import {
  GraphQLError,
  isCompositeType,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  typeFromAST,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

const OBJECT_POINTS = 1;
const LEAF_POINTS = 0.1;
const PAGE_ARGUMENT = 'first';

/** As so many entries counts a way back that stands below another one: more than the largest cost that may be allowed. */
const CIRCLE_ENTRIES = 1_000_001;

/** The most entries of each paged field, by `Type.field`. */
export type PageSizes = Readonly<Record<string, number>>;

/** Fields that lead from a part to its whole, by `Type.field`: whoever follows two goes in circles, through lists without a page size. */
export type WaysBack = ReadonlySet<string>;

/**
 * Refuses operations that could answer with too much: an object costs 1 point, a leaf 0.1, and what stands below a paged
 * field costs that for each entry asked for. A page size in a variable is not known here and counts as the largest.
 */
export function operationCostRule(pointsMax: number, pageSizes: PageSizes, waysBack: WaysBack): ValidationRule {
  return (context) => ({
    OperationDefinition(operation) {
      const root = context.getSchema().getRootType(operation.operation);
      if (root === undefined || root === null) return;
      const points = Math.ceil(
        new CostCounter(context, pageSizes, waysBack).costOf(operation.selectionSet, root, false),
      );
      if (points > pointsMax)
        context.reportError(
          new GraphQLError(
            `The operation costs ${points} points; at most ${pointsMax} are allowed. Ask for smaller pages or fewer fields.`,
            { nodes: operation },
          ),
        );
    },
  });
}

/** Unknown fields and circular fragments cost nothing here: other rules refuse them. */
class CostCounter {
  /** Each fragment is priced once on either side of a way back, however often it is spread: the count stays linear in the document. */
  private readonly fragments = new Map<string, number>();

  constructor(
    private readonly context: ValidationContext,
    private readonly pageSizes: PageSizes,
    private readonly waysBack: WaysBack,
  ) {}

  /** @param isBack a way back was taken above. */
  costOf(selectionSet: SelectionSetNode, parent: GraphQLCompositeType, isBack: boolean): number {
    let points = 0;
    for (const selection of selectionSet.selections) {
      if (selection.kind === Kind.FIELD) points += this.costOfField(selection, parent, isBack);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) points += this.costOfFragment(selection.name.value, isBack);
      else {
        const type = selection.typeCondition && typeFromAST(this.context.getSchema(), selection.typeCondition);
        points += this.costOf(selection.selectionSet, isCompositeType(type) ? type : parent, isBack);
      }
    }
    return points;
  }

  private costOfField(node: FieldNode, parent: GraphQLCompositeType, isBack: boolean): number {
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    if (node.selectionSet === undefined) return LEAF_POINTS;
    const type = field && getNamedType(field.type);
    if (field === undefined || !isCompositeType(type)) return 0;
    const name = `${parent.name}.${field.name}`;
    const leadsBack = this.waysBack.has(name);
    const entry = OBJECT_POINTS + this.costOf(node.selectionSet, type, isBack || leadsBack);
    return entry * (isBack && leadsBack ? CIRCLE_ENTRIES : this.entriesOf(node, field, name));
  }

  private costOfFragment(name: string, isBack: boolean): number {
    const key = `${name} ${isBack}`;
    const known = this.fragments.get(key);
    if (known !== undefined) return known;
    this.fragments.set(key, 0);
    const fragment = this.context.getFragment(name);
    const type = fragment && typeFromAST(this.context.getSchema(), fragment.typeCondition);
    if (!fragment || !isCompositeType(type)) return 0;
    const points = this.costOf(fragment.selectionSet, type, isBack);
    this.fragments.set(key, points);
    return points;
  }

  private entriesOf(node: FieldNode, field: GraphQLField<unknown, unknown>, name: string): number {
    const max = this.pageSizes[name];
    if (max === undefined) return 1;
    const given = node.arguments?.find((argument) => argument.name.value === PAGE_ARGUMENT)?.value;
    if (given?.kind === Kind.INT) return Math.min(Math.max(Number(given.value), 1), max);
    const standard = field.args.find((argument) => argument.name === PAGE_ARGUMENT)?.defaultValue;
    return given === undefined && typeof standard === 'number' ? standard : max;
  }
}
