import {
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type GraphQLResolveInfo,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** Whether a field of this name is asked for anywhere below the field that is being resolved. */
export function selects(info: GraphQLResolveInfo, name: string): boolean {
  const within = (selections: SelectionSetNode | undefined): boolean =>
    selections?.selections.some((selection) => {
      if (!isIncluded(selection, info)) return false;
      if (selection.kind === Kind.FIELD) return selection.name.value === name || within(selection.selectionSet);
      if (selection.kind === Kind.INLINE_FRAGMENT) return within(selection.selectionSet);
      return within(info.fragments[selection.name.value]?.selectionSet);
    }) ?? false;
  return info.fieldNodes.some(({ selectionSet }) => within(selectionSet));
}

/** By `@skip` and `@include`. */
function isIncluded(selection: SelectionNode, { variableValues }: GraphQLResolveInfo): boolean {
  const skip = getDirectiveValues(GraphQLSkipDirective, selection, variableValues);
  const include = getDirectiveValues(GraphQLIncludeDirective, selection, variableValues);
  return skip?.['if'] !== true && include?.['if'] !== false;
}
