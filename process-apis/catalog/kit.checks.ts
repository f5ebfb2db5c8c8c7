import type { ProblemDetail } from '../../src/platform/http/problem.js';
import { repeatedEntries } from '../../src/platform/http/invalid-input.js';
import { substituteFault, unknownItems } from './catalog.checks.js';
import type { Db } from './catalog.sql.js';
import type { Kit } from './catalog.types.js';
import { KitGraph } from './kit-graph.js';
import { readKitsAround, readNodesWithStock, readSubstitutePairs } from './kit.sql.js';

/** Each finding's pointer starts with the index of its entry. */
export async function checkKits(tx: Db, entries: readonly Kit[]): Promise<readonly ProblemDetail[]> {
  const named = [
    ...repeatedEntries(
      entries.map(({ kit }) => kit),
      'The kit',
      '/kit',
    ),
    ...entries.flatMap(({ components }, entry) =>
      repeatedEntries(
        components.map(({ sku }) => sku),
        'The item',
        '/sku',
      ).map(({ pointer, detail }) => ({ pointer: `/${entry}/components${pointer}`, detail })),
    ),
    ...(await unknownItems(tx, [
      ...entries.map(({ kit }, index) => ({ name: kit, pointer: `/${index}/kit` })),
      ...entries.flatMap(({ components }, entry) =>
        components.map(({ sku }, index) => ({ name: sku, pointer: `/${entry}/components/${index}/sku` })),
      ),
    ])),
  ];
  if (named.length > 0) return named;
  const stored = await readKitsAround(tx, [
    ...new Set(entries.flatMap(({ kit, components }) => [kit, ...components.map(({ sku }) => sku)])),
  ]);
  const kits = new Map([...stored, ...entries.map(({ kit, components }) => [kit, components] as const)]);
  const graph = new KitGraph(kits);
  const circular = circles(entries, graph);
  // Without an end nothing can be taken apart.
  if (circular.length > 0) return circular;
  return [
    ...faults(entries, [...kits.keys()], graph),
    ...(await ownStock(tx, entries)),
    ...(await loops(tx, entries, graph)),
  ];
}

function circles(entries: readonly Kit[], graph: KitGraph): readonly ProblemDetail[] {
  return entries.flatMap(({ kit }, index) => {
    const circle = graph.circleOf(kit);
    if (circle === undefined) return [];
    return [
      {
        pointer: `/${index}/components`,
        detail: `The kit "${kit}" would contain itself: ${circle}. Break the circle.`,
      },
    ];
  });
}

/** What makes these kits, or stored ones that contain them, impossible to sell. */
function faults(entries: readonly Kit[], all: readonly string[], graph: KitGraph): readonly ProblemDetail[] {
  return entries.flatMap(({ kit }, index) =>
    all
      .filter((other) => other === kit || graph.contains(other, kit))
      .flatMap((other) => {
        const fault = graph.faultOf(other);
        return fault === undefined ? [] : [{ pointer: `/${index}/components`, detail: `The kit "${other}" ${fault}.` }];
      }),
  );
}

/** A kit is what its components are: an item that lies somewhere itself would be counted twice, or never sold. */
async function ownStock(tx: Db, entries: readonly Kit[]): Promise<readonly ProblemDetail[]> {
  const made = entries.filter(({ components }) => components.length > 0).map(({ kit }) => kit);
  const nodes = await readNodesWithStock(tx, made);
  return entries.flatMap(({ kit, components }, index) => {
    const at = components.length > 0 ? nodes.get(kit) : undefined;
    if (at === undefined) return [];
    return [
      {
        pointer: `/${index}/kit`,
        detail: `The item "${kit}" has stock of its own at ${at.join(', ')}, and a kit has none: save the kit as another item.`,
      },
    ];
  });
}

async function loops(tx: Db, entries: readonly Kit[], graph: KitGraph): Promise<readonly ProblemDetail[]> {
  const named = [...new Set(entries.flatMap(({ kit, components }) => [kit, ...components.map(({ sku }) => sku)]))];
  const pairs = await readSubstitutePairs(tx, named);
  return entries.flatMap(({ kit }, index) =>
    pairs
      .filter(({ sku, substitute }) => sku === kit || substitute === kit)
      .flatMap(({ sku, substitute }) => {
        const fault = substituteFault(sku, substitute, graph);
        return fault === undefined ? [] : [{ pointer: `/${index}/components`, detail: fault }];
      }),
  );
}
