import {
  getOperationAST,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { Principal } from '../../src/platform/auth/principal.js';

/** Fields whose answers or records depend on who asks, not on scopes and channel alone, by `Type.field`. */
const PERSONAL_FIELDS: ReadonlySet<string> = new Set(['Order.parties']);
const CURSOR_ARGUMENT = 'after';

/** What of a document decides who can share its messages. */
export interface DocumentTraits {
  /** The variable that is nothing but the place where a stream begins. */
  readonly cursorVariable: string | undefined;
  readonly isPersonal: boolean;
}

export interface SharedOperation {
  /** The document's text. */
  readonly source: string;
  readonly operationName?: string | null | undefined;
  readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined;
  readonly traits: DocumentTraits;
  readonly principal: Principal;
}

export function traitsOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
): DocumentTraits {
  let isPersonal = false;
  const uses = new Map<string, number>();
  const types = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(types, {
      Field(node) {
        isPersonal ||= PERSONAL_FIELDS.has(`${types.getParentType()?.name}.${node.name.value}`);
      },
      // A variable's definition is none of its uses.
      VariableDefinition: () => false,
      Variable({ name }) {
        uses.set(name.value, (uses.get(name.value) ?? 0) + 1);
      },
    }),
  );
  const variable = cursorVariableOf(getOperationAST(document, operationName));
  return { isPersonal, cursorVariable: uses.get(variable ?? '') === 1 ? variable : undefined };
}

/** The same for operations whose messages are the same for all their callers. */
export function groupKey({ source, operationName, variableValues, traits, principal }: SharedOperation): string {
  const given = Object.entries(variableValues ?? {})
    .filter(([name]) => name !== traits.cursorVariable)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const rights = [[...principal.scopes].toSorted(), principal.channel, traits.isPersonal ? principal.subject : null];
  return JSON.stringify([source, operationName, given, rights]);
}

/** The caller as the resolvers of a shared message see it: whoever it is, unless the document is personal. */
export function sharedPrincipal(principal: Principal, { isPersonal }: DocumentTraits): Principal {
  if (isPersonal) return principal;
  return {
    scopes: principal.scopes,
    expiresAt: principal.expiresAt,
    ...(principal.channel === undefined ? {} : { channel: principal.channel }),
    get subject(): never {
      throw new Error('a field of a shared message depends on who asks: name it in PERSONAL_FIELDS');
    },
  };
}

function cursorVariableOf(operation: OperationDefinitionNode | null | undefined): string | undefined {
  const [root] = operation?.selectionSet.selections ?? [];
  if (root?.kind !== Kind.FIELD) return undefined;
  const value = root.arguments?.find(({ name }) => name.value === CURSOR_ARGUMENT)?.value;
  return value?.kind === Kind.VARIABLE ? value.name.value : undefined;
}
