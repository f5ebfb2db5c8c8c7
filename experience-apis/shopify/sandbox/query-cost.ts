import {
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type FieldNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';

/** One query may not ask for more, in points. */
export const QUERY_COST_MAX = 1000;
const MUTATION_COST = 10;

type Variables = Readonly<Record<string, unknown>>;

/**
 * What a query may cost at most: 1 point per object, 10 per mutation, and what is under a list times its length.
 * Shopify publishes the idea and not the formula; this one is stricter where in doubt.
 */
export function requestedCost(document: DocumentNode, variables: Variables): number {
  let cost = 0;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const mutation = definition.operation === OperationTypeNode.MUTATION;
    cost += selectionCost(definition.selectionSet, variables);
    if (mutation) cost += definition.selectionSet.selections.length * (MUTATION_COST - 1);
  }
  return cost;
}

function selectionCost(set: SelectionSetNode | undefined, variables: Variables): number {
  let cost = 0;
  for (const selection of set?.selections ?? []) {
    if (selection.kind === Kind.FIELD) cost += fieldCost(selection, variables);
    else if (selection.kind === Kind.INLINE_FRAGMENT) cost += selectionCost(selection.selectionSet, variables);
  }
  return cost;
}

function fieldCost(field: FieldNode, variables: Variables): number {
  if (field.selectionSet === undefined) return 0;
  return 1 + listLength(field, variables) * selectionCost(field.selectionSet, variables);
}

function listLength(field: FieldNode, variables: Variables): number {
  for (const argument of field.arguments ?? []) {
    const value = valueOf(argument.value, variables);
    if (argument.name.value === 'first' && typeof value === 'number') return value;
    if (argument.name.value === 'ids' && Array.isArray(value)) return value.length;
  }
  return 1;
}

function valueOf(node: ValueNode, variables: Variables): unknown {
  if (node.kind === Kind.VARIABLE) return variables[node.name.value];
  if (node.kind === Kind.INT) return Number(node.value);
  return node.kind === Kind.LIST ? node.values : undefined;
}

export interface Throttle {
  readonly maximumAvailable: number;
  /** Points per second. */
  readonly restoreRate: number;
}

/** The leaky bucket of one app in one shop. */
export class CostBucket {
  private available: number;
  private countedAt: number;

  constructor(
    private readonly throttle: Throttle,
    private readonly now: () => number,
  ) {
    this.available = throttle.maximumAvailable;
    this.countedAt = now();
  }

  affords(cost: number): boolean {
    this.restore();
    return this.available >= cost;
  }

  spend(cost: number): void {
    this.restore();
    this.available = Math.max(0, this.available - cost);
  }

  status(): { maximumAvailable: number; currentlyAvailable: number; restoreRate: number } {
    this.restore();
    return { ...this.throttle, currentlyAvailable: Math.floor(this.available) };
  }

  private restore(): void {
    const now = this.now();
    const restored = ((now - this.countedAt) / 1000) * this.throttle.restoreRate;
    this.available = Math.min(this.throttle.maximumAvailable, this.available + restored);
    this.countedAt = now;
  }
}
