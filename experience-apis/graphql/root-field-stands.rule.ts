import { GraphQLError, Kind, OperationTypeNode, type SelectionSetNode, type ValidationRule } from 'graphql';

const CONDITIONS: ReadonlySet<string> = new Set(['skip', 'include']);

/**
 * A subscription has its root field whatever its variables say (GraphQL, September 2025, 5.2.4.1). graphql-js 16 refuses
 * none of those that have not, and fails when it is to run one.
 */
export const rootFieldStandsRule: ValidationRule = (context) => ({
  OperationDefinition({ operation, selectionSet }) {
    if (operation !== OperationTypeNode.SUBSCRIPTION) return;
    const spread = new Set<string>();
    const visit = ({ selections }: SelectionSetNode): void => {
      for (const selection of selections) {
        const condition = selection.directives?.find(({ name }) => CONDITIONS.has(name.value));
        if (condition !== undefined)
          context.reportError(
            new GraphQLError(`The root field of a subscription must not depend on "@${condition.name.value}".`, {
              nodes: condition,
            }),
          );
        if (selection.kind === Kind.INLINE_FRAGMENT) visit(selection.selectionSet);
        if (selection.kind !== Kind.FRAGMENT_SPREAD || spread.has(selection.name.value)) continue;
        spread.add(selection.name.value);
        const fragment = context.getFragment(selection.name.value);
        if (fragment !== null && fragment !== undefined) visit(fragment.selectionSet);
      }
    };
    visit(selectionSet);
  },
});
