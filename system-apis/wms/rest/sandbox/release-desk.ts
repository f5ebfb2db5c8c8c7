import { createHash } from 'node:crypto';
import {
  WireRelease,
  type WireCancellationAnswer,
  type WireReleaseLine,
  type WireReleaseResult,
  type RejectionCode,
} from '../wms-rest-release.wire.js';
import { chance } from './chance.js';
import { isPacked, type Accepted } from './held-release.js';
import type { Ledger } from './ledger.js';
import { componentsOf, planOf, type KeptLine, type Variation } from './plan.js';

export interface DeskRules {
  readonly variation: Variation;
  /** Nodes that are worked here; absent: each. */
  readonly nodes?: ReadonlySet<string>;
  /** Items that are not kept here. */
  readonly unknownSkus: ReadonlySet<string>;
}

type Rejection = { readonly code: RejectionCode; readonly reason: string };

/** Takes releases and cancellations. A repeated call has the same answer and no second effect. */
export class ReleaseDesk {
  private readonly calls = new Map<string, number>();

  constructor(
    private readonly ledger: Ledger,
    private readonly rules: DeskRules,
    private readonly onAccepted: (id: string) => void,
  ) {}

  /** How often a release with this id was asked for since the start. */
  callsOf(id: string): number {
    return this.calls.get(id) ?? 0;
  }

  release(id: string, sent: unknown): WireReleaseResult {
    this.calls.set(id, this.callsOf(id) + 1);
    const fingerprint = fingerprintOf(sent);
    return this.knownAnswer(id, fingerprint) ?? this.decide(id, sent, fingerprint);
  }

  cancel(id: string): WireCancellationAnswer {
    const held = this.ledger.heldRelease(id);
    if (held?.cancelled === true || this.ledger.isCancelledBefore(id)) return { outcome: 'CANCELLED' };
    if (held !== undefined && isPacked(held)) return { outcome: 'REFUSED', reason: 'The goods are packed.' };
    this.ledger.record({ t: 'cancelled', id });
    return { outcome: 'CANCELLED' };
  }

  private knownAnswer(id: string, fingerprint: string): WireReleaseResult | undefined {
    const held = this.ledger.heldRelease(id);
    const rejected = this.ledger.rejectedRelease(id);
    const known = (held?.accepted ?? rejected)?.fingerprint;
    if (known !== undefined && known !== fingerprint)
      return rejection(id, { code: 'CONTENT_DIFFERS', reason: 'This id is known with other content.' });
    if (held !== undefined) return acceptance(held.accepted);
    return rejected === undefined ? undefined : rejection(id, rejected);
  }

  private decide(id: string, sent: unknown, fingerprint: string): WireReleaseResult {
    const release = WireRelease.safeParse(sent);
    if (!release.success) return this.reject(id, fingerprint, misfit(release.error.issues[0]?.path));
    const refusal = this.refusalOf(release.data);
    return refusal === undefined ? this.accept(release.data, fingerprint) : this.reject(id, fingerprint, refusal);
  }

  private reject(id: string, fingerprint: string, why: Rejection): WireReleaseResult {
    this.ledger.record({ t: 'rejected', id, fingerprint, ...why });
    return rejection(id, why);
  }

  private accept(release: WireRelease, fingerprint: string): WireReleaseResult {
    const id = release.fulfillmentOrderId;
    const lines = release.lines.map(keptLine);
    const accepted: Accepted = {
      t: 'accepted',
      id,
      fingerprint,
      wmsReference: this.ledger.nextReference(),
      node: release.node,
      lines,
      plan: planOf(id, lines, this.rules.variation),
    };
    this.ledger.record(accepted);
    this.onAccepted(id);
    return acceptance(accepted);
  }

  private refusalOf({ fulfillmentOrderId: id, node, lines }: WireRelease): Rejection | undefined {
    if (this.ledger.isCancelledBefore(id))
      return { code: 'CANCELLED', reason: 'A cancellation of this release came before it.' };
    if (this.rules.nodes?.has(node) === false)
      return { code: 'UNKNOWN_NODE', reason: `The node ${node} is not worked here.` };
    const skus = lines.flatMap((line) => componentsOf(keptLine(line)).map(({ sku }) => sku));
    const unknown = skus.find((sku) => this.rules.unknownSkus.has(sku));
    if (unknown !== undefined) return { code: 'UNKNOWN_SKU', reason: `The item ${unknown} is not kept here.` };
    if (new Set(lines.map(({ lineId }) => lineId)).size < lines.length)
      return { code: 'NOT_IN_CONTRACT', reason: 'A line id stands twice.' };
    if (chance(`${id}:reject`) < this.rules.variation.rejections)
      return { code: 'OTHER', reason: 'The node takes no more work today.' };
    return undefined;
  }
}

function keptLine({ lineId, sku, quantity, components, lots }: WireReleaseLine): KeptLine {
  return {
    lineId,
    sku,
    quantity,
    ...(components === undefined ? {} : { components }),
    ...(lots === undefined ? {} : { lots }),
  };
}

function misfit(path: readonly PropertyKey[] | undefined): Rejection {
  return { code: 'NOT_IN_CONTRACT', reason: `The release does not fit the contract at ${(path ?? []).join('.')}.` };
}

function acceptance({ id, wmsReference }: Accepted): WireReleaseResult {
  return { outcome: 'ACCEPTED', fulfillmentOrderId: id, wmsReference };
}

function rejection(id: string, { code, reason }: Rejection): WireReleaseResult {
  return { outcome: 'REJECTED', fulfillmentOrderId: id, code, reason };
}

/** The same for the same content, whatever the order of the fields. */
function fingerprintOf(content: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(content)))
    .digest('base64url');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
