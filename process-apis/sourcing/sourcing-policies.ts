import { randomUUIDv7 } from 'node:crypto';
import type { Pool } from 'pg';
import type { Instant } from '../../src/model/time.js';
import { inTransaction } from '../../src/platform/commit/index.js';
import { appendEvents, type NewEvent } from '../../src/platform/event-log/index.js';
import { channelExists, findUnknownNodes, readSourcingPolicies, upsertSourcingPolicy } from './sourcing.sql.js';
import {
  DEFAULT_SOURCING_POLICY,
  nodesNamedBy,
  parseSourcingPolicy,
  SourcingPolicyError,
  type SourcingPolicy,
} from './sourcing-policy.js';

/** The channel of the policy for all channels that have none of their own. */
export const EVERY_CHANNEL = '*';
/** How long a process may go on with what it read; also the time until all processes see a change. */
const REFRESH_MS = 10_000;

export interface StoredSourcingPolicy {
  readonly channel: string;
  readonly policy: SourcingPolicy;
  readonly updatedAt: Instant;
}

type PolicyOf = (channel: string) => SourcingPolicy;

/**
 * The policies over their table, from memory. A stored policy that cannot be read (SourcingPolicyError) fails the channels
 * that it is for, and no other: orders must not go where nobody wanted them.
 */
export class SourcingPolicies {
  private known: Promise<PolicyOf> | undefined;
  private readAtMs = 0;

  constructor(private readonly pool: Pool) {}

  /** The channel's own policy, else that of `*`, else the default. */
  async of(channel: string): Promise<SourcingPolicy> {
    return (await this.forDecision())(channel);
  }

  /** `of` for decisions, which cannot wait. Ask again for each batch. */
  forDecision(): Promise<PolicyOf> {
    if (this.known === undefined || Date.now() - this.readAtMs >= REFRESH_MS) {
      this.readAtMs = Date.now();
      const reading = this.read();
      this.known = reading;
      reading.catch(() => {
        if (this.known === reading) this.known = undefined;
      });
    }
    return this.known;
  }

  /** Replaces the policy of a channel, or of `*`, with an event that tells of it. SourcingPolicyError when it does not fit, or names what does not exist. */
  async save(channel: string, policy: SourcingPolicy): Promise<void> {
    const fitting = parseSourcingPolicy(channel, policy);
    const named = nodesNamedBy(fitting);
    const unknown = await findUnknownNodes(this.pool, [...new Set(named.map(({ node }) => node))]);
    const errors = named.flatMap(({ node, pointer }) =>
      unknown.has(node) ? [{ pointer, detail: `There is no node "${node}": create it first, or correct its id.` }] : [],
    );
    if (channel !== EVERY_CHANNEL && !(await channelExists(this.pool, channel)))
      errors.push({
        pointer: '',
        detail: `There is no channel account "${channel}": save for an account, or for "*", which is every channel.`,
      });
    if (errors.length > 0) throw new SourcingPolicyError(channel, errors);
    await inTransaction(this.pool, async (tx) => {
      await upsertSourcingPolicy(tx, channel, fitting);
      await appendEvents(tx, [policySaved(channel)]);
    });
    this.known = undefined;
  }

  /** The next question reads the policies anew. */
  forget(): void {
    this.known = undefined;
  }

  /** What is stored, by channel. Read anew; SourcingPolicyError when one of them cannot be read. */
  async all(): Promise<readonly StoredSourcingPolicy[]> {
    const rows = await readSourcingPolicies(this.pool);
    return rows.map(({ channel, policy, updatedAt }) => ({
      channel,
      policy: parseSourcingPolicy(channel, policy),
      updatedAt,
    }));
  }

  private async read(): Promise<PolicyOf> {
    const rows = await readSourcingPolicies(this.pool);
    const policies = new Map(rows.map(({ channel, policy }) => [channel, readable(channel, policy)]));
    return (channel) => {
      const policy = policies.get(channel) ?? policies.get(EVERY_CHANNEL) ?? DEFAULT_SOURCING_POLICY;
      if (policy instanceof SourcingPolicyError) throw policy;
      return policy;
    };
  }
}

/** Event of the stream type `sourcing-policy`: `channels` may sell from other nodes now; absent it is all of them. */
function policySaved(channel: string): NewEvent {
  const streamId = randomUUIDv7();
  return {
    streamType: 'sourcing-policy',
    streamId,
    streamVersion: 1,
    type: 'SourcingPolicySaved',
    schemaVersion: 1,
    scope: '',
    source: 'hub',
    factId: `hub/sourcing-policy/${streamId}`,
    occurredAt: new Date().toISOString(),
    data: channel === EVERY_CHANNEL ? {} : { channels: [channel] },
  };
}

function readable(channel: string, stored: unknown): SourcingPolicy | SourcingPolicyError {
  try {
    return parseSourcingPolicy(channel, stored);
  } catch (error) {
    if (error instanceof SourcingPolicyError) return error;
    throw error;
  }
}
