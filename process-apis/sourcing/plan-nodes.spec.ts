import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planNodes, type SplitPlan, type SplitStock } from './plan-nodes.js';

const SKUS = ['X', 'Y', 'Z'] as const;

interface Asked {
  readonly sku: string;
  readonly quantity: number;
}

/** Units by `<sku>@<node>`; a node with a capacity gives no more than that of whatever, all nodes no more of an item than its limit. */
class Shelves implements SplitStock {
  constructor(
    private readonly asked: readonly Asked[],
    protected readonly unitsLeft: Map<string, number>,
    private readonly capacity: Map<string, number> = new Map(),
    private readonly limit: Map<string, number> = new Map(),
  ) {}

  fork(): SplitStock {
    return new Shelves(this.asked, new Map(this.unitsLeft), new Map(this.capacity), new Map(this.limit));
  }

  take(node: string, demand: number, units: number): number {
    const sku = this.asked[demand]?.sku ?? '';
    const held = this.unitsLeft.get(`${sku}@${node}`) ?? 0;
    const [capacity, limit] = [this.capacity.get(node) ?? Infinity, this.limit.get(sku) ?? Infinity];
    const taken = Math.min(units, held, capacity, limit);
    this.unitsLeft.set(`${sku}@${node}`, held - taken);
    this.capacity.set(node, capacity - taken);
    this.limit.set(sku, limit - taken);
    return taken;
  }
}

function plan(
  asked: readonly (readonly [string, number])[],
  held: Readonly<Record<string, number>>,
  given: {
    readonly maxNodes?: number;
    readonly ranked?: string;
    readonly capacity?: Readonly<Record<string, number>>;
    readonly limit?: Readonly<Record<string, number>>;
  } = {},
) {
  const { maxNodes = 10, ranked = 'abcdefgh', capacity = {}, limit = {} } = given;
  const demands = asked.map(([sku, quantity]) => ({ sku, quantity }));
  const stock = new Shelves(
    demands,
    new Map(Object.entries(held)),
    new Map(Object.entries(capacity)),
    new Map(Object.entries(limit)),
  );
  const { takes, missing } = planNodes(demands, [...ranked], stock, { maxNodes });
  return { takes: takes.map(({ demand, node, units }) => `${demand}:${node}:${units}`), missing };
}

/** One unit of each named item, by node. */
function unitsOf(items: Readonly<Record<string, string>>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(items).flatMap(([node, skus]) => [...skus].map((sku) => [`${sku}@${node}`, 1])),
  );
}

describe('planning nodes', () => {
  it('takes everything from the best-ranked node that has everything', () => {
    const held = { 'X@a': 9, 'X@b': 2, 'Y@b': 1, 'X@c': 9, 'Y@c': 9 };
    const asked = [['X', 2] as const, ['Y', 1] as const];
    expect(plan(asked, held)).toEqual({ takes: ['0:b:2', '1:b:1'], missing: [0, 0] });
    expect(plan(asked, held, { ranked: 'cba' })).toEqual({ takes: ['0:c:2', '1:c:1'], missing: [0, 0] });
  });

  it('takes two nodes where the better-ranked ones would need three', () => {
    const held = { 'X@a': 1, 'Y@b': 1, 'Z@c': 1, 'X@d': 1, 'Y@d': 1 };
    expect(
      plan(
        [
          ['X', 1],
          ['Y', 1],
          ['Z', 1],
        ],
        held,
      ),
    ).toEqual({ takes: ['0:d:1', '1:d:1', '2:c:1'], missing: [0, 0, 0] });
  });

  it('finds two nodes where the choice step by step ends with four', () => {
    const held = unitsOf({ a: 'QRUVW', b: 'TX', c: 'Y', d: 'QRST', e: 'UVWXY' });
    const asked = 'QRSTUVWXY'.split('').map((sku) => [sku, 1] as const);
    expect(
      plan(asked, held)
        .takes.map((take) => take.split(':')[1])
        .join(''),
    ).toBe('ddddeeeee');
  });

  it('leaves out a node of many that later choices made needless', () => {
    const held = unitsOf({ a: 'RSTU', b: 'QRS', c: 'TUV', d: 'R', e: 'S', f: 'T', g: 'U' });
    const asked = 'QRSTUV'.split('').map((sku) => [sku, 1] as const);
    expect(plan(asked, held).takes).toEqual(['0:b:1', '1:b:1', '2:b:1', '3:c:1', '4:c:1', '5:c:1']);
  });

  it('serves everything from few nodes of many, though others have more demands whole', () => {
    const junk = { 'Z@c': 1, 'Z@d': 1, 'Z@e': 1, 'Y@f': 2, 'X@g': 2 };
    const held = { 'Z@a': 5, 'Y@a': 1, 'X@a': 1, 'Z@b': 5, 'Y@b': 1, 'X@b': 1, ...junk };
    expect(
      plan(
        [
          ['X', 2],
          ['Y', 2],
          ['Z', 10],
        ],
        held,
        { maxNodes: 2 },
      ),
    ).toEqual({
      takes: ['0:a:1', '0:b:1', '1:a:1', '1:b:1', '2:a:5', '2:b:5'],
      missing: [0, 0, 0],
    });
  });

  it('prefers the better-ranked of two sets of the same size', () => {
    const held = { 'X@a': 1, 'X@b': 1, 'Y@c': 1, 'Y@d': 1 };
    expect(
      plan(
        [
          ['X', 1],
          ['Y', 1],
        ],
        held,
      ).takes,
    ).toEqual(['0:a:1', '1:c:1']);
    expect(
      plan(
        [
          ['X', 1],
          ['Y', 1],
        ],
        held,
        { ranked: 'dcba' },
      ).takes,
    ).toEqual(['0:b:1', '1:d:1']);
  });

  it('keeps a demand at one node where one of the chosen has it whole', () => {
    expect(
      plan(
        [
          ['X', 5],
          ['Y', 1],
        ],
        { 'X@a': 2, 'Y@a': 1, 'X@b': 5 },
      ).takes,
    ).toEqual(['0:b:5', '1:a:1']);
    expect(
      plan(
        [
          ['X', 2],
          ['X', 5],
        ],
        { 'X@a': 5, 'X@b': 2 },
      ).takes,
    ).toEqual(['0:b:2', '1:a:5']);
  });

  it('places the larger demand of an item first', () => {
    expect(
      plan(
        [
          ['X', 2],
          ['X', 5],
        ],
        { 'X@a': 6, 'X@b': 3 },
      ).takes,
    ).toEqual(['0:b:2', '1:a:5']);
  });

  it('splits a demand, in the order of rank, where none has it whole', () => {
    expect(plan([['X', 5]], { 'X@a': 2, 'X@b': 3, 'X@c': 2 })).toEqual({ takes: ['0:a:2', '0:b:3'], missing: [0] });
  });

  it('does not give a unit to two demands of one item', () => {
    expect(
      plan(
        [
          ['X', 2],
          ['X', 2],
        ],
        { 'X@a': 3 },
      ),
    ).toEqual({ takes: ['0:a:2', '1:a:1'], missing: [0, 1] });
  });

  it('gives what there is, and says of each demand what is missing', () => {
    const held = { 'X@a': 1, 'Y@b': 4 };
    expect(
      plan(
        [
          ['X', 3],
          ['Y', 4],
          ['Z', 1],
        ],
        held,
      ),
    ).toEqual({ takes: ['0:a:1', '1:b:4'], missing: [2, 0, 1] });
    expect(plan([['X', 3]], {})).toEqual({ takes: [], missing: [3] });
    expect(plan([['X', 3]], { 'X@a': 9 }, { ranked: '' })).toEqual({ takes: [], missing: [3] });
    expect(plan([], {})).toEqual({ takes: [], missing: [] });
  });

  it('goes to no more nodes than it may, and then serves as many demands whole as it can', () => {
    const held = { 'X@a': 8, 'Y@b': 1, 'Z@b': 1, 'V@c': 1 };
    const asked = [['X', 9] as const, ['Y', 1] as const, ['Z', 1] as const, ['V', 1] as const];
    expect(plan(asked, held, { maxNodes: 1 })).toEqual({ takes: ['1:b:1', '2:b:1'], missing: [9, 0, 0, 1] });
    expect(plan(asked, held, { maxNodes: 2 })).toEqual({ takes: ['1:b:1', '2:b:1', '3:c:1'], missing: [9, 0, 0, 0] });
    expect(plan(asked, held, { maxNodes: 3 }).missing).toEqual([1, 0, 0, 0]);
  });

  it('keeps a demand at one node where all nodes share a limit', () => {
    const held = { 'X@a': 2, 'Y@a': 1, 'X@b': 5 };
    expect(
      plan(
        [
          ['X', 5],
          ['Y', 1],
        ],
        held,
        { limit: { X: 5 } },
      ),
    ).toEqual({ takes: ['0:b:5', '1:a:1'], missing: [0, 0] });
    expect(
      plan(
        [
          ['X', 5],
          ['Y', 1],
        ],
        held,
        { limit: { X: 4 } },
      ).missing,
    ).toEqual([1, 0]);
  });

  it('leaves the capacity of a node to what only that node has', () => {
    const held = { 'X@a': 1, 'Y@a': 1, 'X@b': 1 };
    const asked = [['X', 1] as const, ['Y', 1] as const];
    expect(plan(asked, held, { capacity: { a: 1 } })).toEqual({ takes: ['0:b:1', '1:a:1'], missing: [0, 0] });
  });

  it('gives the stock with its takes made, and leaves the stock that it was given', () => {
    const asked = [{ sku: 'X', quantity: 4 }];
    const stock = new Shelves(
      asked,
      new Map([
        ['X@a', 3],
        ['X@b', 3],
      ]),
    );
    const planned = planNodes(asked, ['a', 'b'], stock, { maxNodes: 2 });
    expect([planned.stock.take('a', 0, 9), planned.stock.take('b', 0, 9)]).toEqual([0, 2]);
    expect([stock.take('a', 0, 9), stock.take('b', 0, 9)]).toEqual([3, 3]);
  });
});

describe('planning nodes among hundreds', () => {
  const many = Array.from({ length: 500 }, (_, index) => `n${index}`);

  it('finds the only node that has an item, and the few that have much of another', () => {
    const asked = [
      { sku: 'X', quantity: 1 },
      { sku: 'Y', quantity: 100 },
      { sku: 'Z', quantity: 2 },
    ];
    const held = new Map<string, number>(
      many.flatMap((node) => [[`X@${node}`, 1] as const, [`Y@${node}`, 5] as const]),
    );
    for (const [at, units] of [
      ['Z@n499', 2],
      ['Y@n300', 60],
      ['Y@n400', 40],
    ] as const)
      held.set(at, units);
    const { takes, missing } = planNodes(asked, many, new Shelves(asked, held), { maxNodes: 3 });
    expect(missing).toEqual([0, 0, 0]);
    expect(takes.map(({ demand, node, units }) => `${demand}:${node}:${units}`)).toEqual([
      '0:n300:1',
      '1:n300:60',
      '1:n400:40',
      '2:n499:2',
    ]);
  });

  it('asks no more of the stock than it must', () => {
    const asked = SKUS.map((sku) => ({ sku, quantity: 30 }));
    const held = new Map(
      many.flatMap((node, index) => SKUS.map((sku, at) => [`${sku}@${node}`, (index * (at + 2)) % 7] as const)),
    );
    let forks = 0;
    class Counted extends Shelves {
      override fork(): SplitStock {
        forks += 1;
        return new Counted(asked, new Map(this.unitsLeft));
      }
    }
    const { missing } = planNodes(asked, many, new Counted(asked, held), { maxNodes: 10 });
    expect(missing).toHaveLength(3);
    expect(forks).toBeLessThan(500 + 2 * 10 * (60 + 10 * 3));
  });
});

const MANY = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
const demandsOf = fc.array(fc.record({ sku: fc.constantFrom(...SKUS), quantity: fc.integer({ min: 1, max: 5 }) }), {
  minLength: 1,
  maxLength: 5,
});
const shelvesOf = (nodes: readonly string[]) =>
  fc
    .tuple(...nodes.map(() => fc.tuple(...SKUS.map(() => fc.oneof(fc.constant(0), fc.nat(6))))))
    .map(
      (rows) =>
        new Map(
          rows.flatMap((row, index) => row.map((units, sku) => [`${SKUS[sku]}@${nodes[index]}`, units] as const)),
        ),
    );

/** Units of all demands that a set of nodes can serve: demands share the stock of an item, and nothing else. */
function servable(asked: readonly Asked[], held: ReadonlyMap<string, number>, nodes: readonly string[]): number {
  return SKUS.reduce((total, sku) => {
    const wanted = sum(asked.filter((each) => each.sku === sku).map(({ quantity }) => quantity));
    return total + Math.min(wanted, sum(nodes.map((node) => held.get(`${sku}@${node}`) ?? 0)));
  }, 0);
}

function fewestNodes(asked: readonly Asked[], held: ReadonlyMap<string, number>, nodes: readonly string[]): number {
  const wanted = sum(asked.map(({ quantity }) => quantity));
  const sizes = Array.from({ length: 2 ** nodes.length }, (_, bits) => nodes.filter((__, index) => bits & (1 << index)))
    .filter((set) => servable(asked, held, set) === wanted)
    .map((set) => set.length);
  return Math.min(...sizes);
}

function isSound(asked: readonly Asked[], held: ReadonlyMap<string, number>, { takes, missing }: SplitPlan): boolean {
  const given = (demand: number): number =>
    sum(takes.filter((take) => take.demand === demand).map(({ units }) => units));
  const from = (at: string): number =>
    sum(takes.filter((take) => `${asked[take.demand]?.sku}@${take.node}` === at).map(({ units }) => units));
  return (
    missing.length === asked.length &&
    asked.every(({ quantity }, demand) => given(demand) + (missing[demand] ?? 0) === quantity) &&
    takes.every(({ units }) => units > 0) &&
    [...held].every(([at, units]) => from(at) <= units) &&
    new Set(takes.map((take) => `${take.demand}@${take.node}`)).size === takes.length
  );
}

const nodesIn = ({ takes }: SplitPlan): number => new Set(takes.map(({ node }) => node)).size;

describe('planning nodes, against every possible set of nodes', () => {
  it('takes the fewest nodes possible, of up to six', () => {
    const nodes = MANY.slice(0, 6);
    const property = fc.property(
      demandsOf,
      shelvesOf(nodes),
      fc.integer({ min: 1, max: 6 }),
      (asked, held, maxNodes) => {
        const planned = planNodes(asked, nodes, new Shelves(asked, held), { maxNodes });
        const fewest = fewestNodes(asked, held, nodes);
        const complete = sum(planned.missing) === 0;
        expect(isSound(asked, held, planned)).toBe(true);
        expect(complete).toBe(fewest <= maxNodes);
        expect(nodesIn(planned)).toBeLessThanOrEqual(complete ? fewest : maxNodes);
      },
    );
    expect(fc.defaultReportMessage(fc.check(property, { numRuns: 500 }))).toBeUndefined();
  });

  it('takes few nodes of many: within the bound of the greedy choice, and misses nothing that is there', () => {
    const nodes = MANY;
    const property = fc.property(demandsOf, shelvesOf(nodes), (asked, held) => {
      const planned = planNodes(asked, nodes, new Shelves(asked, held), { maxNodes: 9 });
      const wanted = sum(asked.map(({ quantity }) => quantity));
      const fewest = fewestNodes(asked, held, nodes);
      expect(isSound(asked, held, planned)).toBe(true);
      expect(wanted - sum(planned.missing)).toBe(servable(asked, held, nodes));
      expect(nodesIn(planned)).toBeLessThanOrEqual(Math.floor(fewest * (1 + Math.log(wanted))));
    });
    expect(fc.defaultReportMessage(fc.check(property, { numRuns: 300 }))).toBeUndefined();
  });
});

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
