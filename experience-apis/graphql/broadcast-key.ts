import { getOperationAST, Kind, visit, type DocumentNode } from 'graphql';
import type { Principal } from '../../src/platform/auth/principal.js';

const CURSOR_ARGUMENT = 'after';

export interface SharedOperation {
  /** The text of `document`. */
  readonly source: string;
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined;
  readonly principal: Principal;
}

/**
 * The same for subscriptions whose messages are the same: they differ in the place where they begin, and in who asks
 * with the same rights.
 */
export function groupKey(operation: SharedOperation): string {
  const { source, operationName, variableValues, principal } = operation;
  const cursor = cursorVariable(operation);
  const given = Object.entries(variableValues ?? {})
    .filter(([name]) => name !== cursor)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([source, operationName, given, [...principal.scopes].toSorted(), principal.channel]);
}

/** The caller as the resolvers below a subscription see it: what it may see, not who it is. */
export function sharedPrincipal({ scopes, channel, expiresAt }: Principal): Principal {
  return {
    scopes,
    expiresAt,
    ...(channel === undefined ? {} : { channel }),
    get subject(): never {
      throw new Error('a live message is shared by all with the same rights: it cannot depend on who asks');
    },
  };
}

/** The variable that says where the stream begins, unless it says something else too. */
function cursorVariable({ document, operationName }: SharedOperation): string | undefined {
  const [root] = getOperationAST(document, operationName)?.selectionSet.selections ?? [];
  if (root?.kind !== Kind.FIELD) return undefined;
  const value = root.arguments?.find(({ name }) => name.value === CURSOR_ARGUMENT)?.value;
  if (value?.kind !== Kind.VARIABLE) return undefined;
  const name = value.name.value;
  let uses = 0;
  visit(document, {
    // The definition of a variable is none of its uses.
    VariableDefinition: () => false,
    Variable: (variable) => {
      if (variable.name.value === name) uses += 1;
    },
  });
  return uses === 1 ? name : undefined;
}
