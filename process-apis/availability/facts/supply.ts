import type { Movement, MovementReason, SupplyKind } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';

/** Units of a document that are to come to a node. Quantities are base units. */
export interface Supply {
  /** `<source>/<document>/<sku>/<node>`; the source is `*` where units came before anyone announced them. */
  readonly id: string;
  readonly kind: SupplyKind;
  /** Who announced it. */
  readonly source: string;
  readonly document: string;
  readonly sku: string;
  /** Where they come to. */
  readonly node: string;
  readonly fromNode: string | null;
  readonly expectedAt: Instant;
  readonly announced: number;
  /** Transfers: units that left the other node and are not lost. */
  readonly shipped: number;
  readonly received: number;
  /** As-of time of the last announcement; null while nothing was announced. */
  readonly announcedAt: Instant | null;
}

export type SupplyKey = Pick<Supply, 'source' | 'document' | 'sku' | 'node'>;

export interface ExpectedUnits {
  readonly incoming: number;
  readonly inTransit: number;
}

/** What is still to come: the sum over all supply of a position is its incoming and its in-transit bucket. */
export function expectedUnits({ kind, announced, shipped, received }: Supply): ExpectedUnits {
  if (kind !== 'TRANSFER') return { incoming: Math.max(0, announced - received), inTransit: 0 };
  return {
    incoming: Math.max(0, announced - Math.max(shipped, received)),
    inTransit: Math.max(0, shipped - received),
  };
}

/** What a source announces for the first time. */
export function newSupply(key: SupplyKey, kind: SupplyKind, expectedAt: Instant): Supply {
  const { source, document, sku, node } = key;
  return {
    id: idOf(key),
    kind,
    source,
    document,
    sku,
    node,
    fromNode: null,
    expectedAt,
    announced: 0,
    shipped: 0,
    received: 0,
    announcedAt: null,
  };
}

/** A document that nobody announced: units that move before are counted on it, for whoever announces it. */
export function unannounced(key: SupplyKey, kind: SupplyKind, at: Instant): Supply {
  return { ...newSupply(key, kind, at), id: idOf({ ...key, source: '*' }) };
}

/** Slashes inside a part are escaped: two keys never have one id. */
function idOf({ source, document, sku, node }: SupplyKey): string {
  return [source, document, sku, node].map(encodeURIComponent).join('/');
}

/** Without units that will not come: those that have not left yet first, then those on the way. At most what is expected. */
export function withoutUnits(supply: Supply, units: number): Supply {
  const { incoming, inTransit } = expectedUnits(supply);
  const notLeft = Math.min(units, incoming);
  const lost = Math.min(units - notLeft, inTransit);
  if (lost === 0) return { ...supply, announced: supply.announced - notLeft };
  const shipped = supply.shipped - lost;
  // What is lost on the way is not announced again.
  return { ...supply, shipped, announced: Math.min(supply.announced, Math.max(shipped, supply.received)) };
}

/** What a change of a document does to the position that the units come to. */
export function supplyMovements(
  before: Supply | undefined,
  after: Supply,
  reason: MovementReason,
): readonly Movement[] {
  const was = before === undefined ? { incoming: 0, inTransit: 0 } : expectedUnits(before);
  const is = expectedUnits(after);
  const { sku, node } = after;
  return [
    { sku, node, bucket: 'incoming', delta: is.incoming - was.incoming, reason },
    { sku, node, bucket: 'inTransit', delta: is.inTransit - was.inTransit, reason },
  ];
}

/** The documents of one batch, changed in memory. */
export class SupplyBook {
  private readonly byPlace = new Map<string, readonly Supply[]>();
  private readonly changed = new Map<string, Supply>();

  constructor(known: readonly Supply[]) {
    for (const supply of known) this.put(supply);
  }

  /** What this source announced; else what came under the document's number before anyone announced it. */
  ownOf(key: SupplyKey): Supply | undefined {
    const there = this.at(key);
    return there.find(({ source }) => source === key.source) ?? there.find(({ announcedAt }) => announcedAt === null);
  }

  /** The document, whoever announced it: the one who receives is seldom the one who ordered. */
  anyOf(key: SupplyKey): Supply | undefined {
    const there = this.at(key);
    return (
      there.find(({ source }) => source === key.source) ??
      there.find((supply) => expectedUnits(supply).incoming + expectedUnits(supply).inTransit > 0) ??
      there[0]
    );
  }

  change(supply: Supply): void {
    this.put(supply);
    this.changed.set(supply.id, supply);
  }

  changes(): readonly Supply[] {
    return [...this.changed.values()];
  }

  private put(supply: Supply): void {
    const others = this.at(supply).filter(({ id }) => id !== supply.id);
    this.byPlace.set(placeOf(supply), [...others, supply]);
  }

  private at(key: Pick<SupplyKey, 'document' | 'sku' | 'node'>): readonly Supply[] {
    return this.byPlace.get(placeOf(key)) ?? [];
  }
}

function placeOf({ document, sku, node }: Pick<SupplyKey, 'document' | 'sku' | 'node'>): string {
  return [document, sku, node].join('\u0000');
}
