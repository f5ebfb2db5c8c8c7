import {
  BreakingChangeType,
  DangerousChangeType,
  findBreakingChanges,
  findDangerousChanges,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isUnionType,
  type BreakingChange,
  type GraphQLSchema,
} from 'graphql';

/** The end of each reason of a deprecation: the last day on which the element is there for sure. */
const REMOVAL = /Removed after (\d{4}-\d{2}-\d{2})\.$/;

/** A field, argument, enum value or input field of a schema. */
interface Element {
  /** `Order.total`, `Order.lines(first:)`, `OrderStatus.OPEN`. */
  readonly coordinate: string;
  readonly deprecationReason: string | null | undefined;
  /** The named types that it has, or takes. */
  readonly uses: readonly string[];
}

/**
 * What callers of the released graph would trip over, a sentence each: every breaking change but the end of what was
 * deprecated until a day that has passed, and defaults that changed. `today` is `YYYY-MM-DD`. Pure.
 */
export function forbiddenChanges(released: GraphQLSchema, current: GraphQLSchema, today: string): readonly string[] {
  const elements = elementsOf(released);
  const ended = new Set(
    elements.filter(({ deprecationReason }) => hasPassed(deprecationReason, today)).map(({ coordinate }) => coordinate),
  );
  const usedStill = reachable(released, elements, ended);
  const breaking = findBreakingChanges(released, current).filter((change) => !isLawful(change, ended, usedStill));
  const defaults = findDangerousChanges(released, current).filter(
    ({ type }) => type === DangerousChangeType.ARG_DEFAULT_VALUE_CHANGE,
  );
  return [...breaking, ...defaults].map(({ type, description }) => `${type}: ${description}`);
}

/** Deprecations that do not say on which day the element may go, by coordinate. */
export function undatedDeprecations(schema: GraphQLSchema): readonly string[] {
  return elementsOf(schema)
    .filter(({ deprecationReason }) => deprecationReason !== undefined && deprecationReason !== null)
    .filter(({ deprecationReason }) => removalOf(deprecationReason) === undefined)
    .map(({ coordinate }) => coordinate);
}

function isLawful(
  { type, description }: BreakingChange,
  ended: ReadonlySet<string>,
  usedStill: ReadonlySet<string>,
): boolean {
  switch (type) {
    case BreakingChangeType.FIELD_REMOVED:
      return ended.has(description.replace(/ was removed\.$/, ''));
    case BreakingChangeType.ARG_REMOVED:
      return ended.has(description.replace(/ arg (\w+) was removed\.$/, '($1:)'));
    case BreakingChangeType.VALUE_REMOVED_FROM_ENUM:
      return ended.has(description.replace(/^(\w+) was removed from enum type (\w+)\.$/, '$2.$1'));
    case BreakingChangeType.TYPE_REMOVED:
      return !usedStill.has(description.replace(/ was removed\.$/, ''));
    default:
      return false;
  }
}

/** The types that callers come to from the roots, but by what has ended. */
function reachable(
  schema: GraphQLSchema,
  elements: readonly Element[],
  ended: ReadonlySet<string>,
): ReadonlySet<string> {
  const lasting = elements.filter(({ coordinate }) => !isEnded(coordinate, ended));
  const usesOf = Map.groupBy(lasting, ({ coordinate }) => coordinate.replace(/\..*$/, ''));
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const found = new Set<string>();
  const open = roots.flatMap((type) => type?.name ?? []);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    const type = schema.getType(name);
    if (isInterfaceType(type)) open.push(...schema.getPossibleTypes(type).map((possible) => possible.name));
    if (isObjectType(type)) open.push(...type.getInterfaces().map((implemented) => implemented.name));
    open.push(...(usesOf.get(name) ?? []).flatMap(({ uses }) => uses));
  }
  return found;
}

/** A field ends with all its arguments. */
function isEnded(coordinate: string, ended: ReadonlySet<string>): boolean {
  return ended.has(coordinate) || ended.has(coordinate.replace(/\(.*$/, ''));
}

function hasPassed(reason: string | null | undefined, today: string): boolean {
  const removal = removalOf(reason);
  return removal !== undefined && removal < today;
}

function removalOf(reason: string | null | undefined): string | undefined {
  const day = REMOVAL.exec(reason ?? '')?.[1];
  return day !== undefined && !Number.isNaN(Date.parse(day)) ? day : undefined;
}

function elementsOf(schema: GraphQLSchema): readonly Element[] {
  return Object.values(schema.getTypeMap()).flatMap((type): readonly Element[] => {
    if (isIntrospectionType(type)) return [];
    if (isEnumType(type))
      return type.getValues().map(({ name, deprecationReason }) => ({
        coordinate: `${type.name}.${name}`,
        deprecationReason,
        uses: [],
      }));
    if (isInputObjectType(type))
      return Object.values(type.getFields()).map((field) => ({
        coordinate: `${type.name}.${field.name}`,
        deprecationReason: field.deprecationReason,
        uses: [getNamedType(field.type).name],
      }));
    if (isUnionType(type))
      return [{ coordinate: type.name, deprecationReason: undefined, uses: type.getTypes().map(({ name }) => name) }];
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    return Object.values(type.getFields()).flatMap((field): readonly Element[] => [
      {
        coordinate: `${type.name}.${field.name}`,
        deprecationReason: field.deprecationReason,
        uses: [getNamedType(field.type).name],
      },
      ...field.args.map((argument) => ({
        coordinate: `${type.name}.${field.name}(${argument.name}:)`,
        deprecationReason: argument.deprecationReason,
        uses: [getNamedType(argument.type).name],
      })),
    ]);
  });
}
