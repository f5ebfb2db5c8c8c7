import { randomUUIDv7 } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { inRetriedTransaction } from '../../../src/platform/commit/index.js';
import { appendEvents } from '../../../src/platform/event-log/index.js';
import { refuseIfAny } from '../../../src/platform/http/invalid-input.js';
import type { ProblemDetail } from '../../../src/platform/http/problem.js';
import { checkRules } from './allocation-rule.checks.js';
import type { AllocationRule } from './allocation-rule.js';
import type { NewAllocationRule } from './allocation-rule.schema.js';
import {
  countRules,
  deleteRules,
  readChannels,
  readItemsOfRules,
  readRules,
  readRulesBeside,
  readUnknownNames,
  startUse,
  upsertRules,
  type RuleFilter,
} from './allocation-rules.sql.js';

/** Rules of the whole installation: each claim looks at those of its items. */
const RULES_MAX = 20_000;
/** Items that an event names; more of them are everything. */
const ITEMS_NAMED_MAX = 1_000;

/** Event of the stream type `allocation-rule`: what may be sold may have changed though no stock moved. */
export interface AllocationRulesSaved {
  /** The items that the rules are about; absent when `everything`. */
  readonly skus?: readonly string[];
  /** Who may sell more or less. */
  readonly channels: readonly string[];
  readonly everything: boolean;
}

/**
 * The allocation rules over their table.
 *
 * No position is locked to save one. Each claim reads the rules inside its own transaction, under the locks of its
 * positions, and counts what it takes for all channels: a claim in flight sees the rules as they were before or as they are
 * after, and both are orders in which the two could have come one after the other. Claims that come after the commit see it.
 * A new CAP or EXCLUSIVE counts what the channel holds then: a claim from before that ends later gives back what it was counted for.
 */
export class AllocationRules {
  constructor(
    private readonly pool: Pool,
    /** Called after a commit: what channels may sell changed. */
    private readonly committed: () => void,
  ) {}

  /**
   * Replaces the rules of the same ids; saving the same again changes nothing. InvalidInputError, with pointers into the
   * given list, when one of them cannot be taken: then none is.
   */
  async save(rules: readonly NewAllocationRule[]): Promise<void> {
    await this.change(async (tx) => {
      const stored = await readRulesBeside(tx, rules);
      refuseIfAny([...(await unknownNames(tx, rules)), ...checkRules(rules, stored, new Date().toISOString())]);
      const changed = await upsertRules(tx, rules);
      await startUse(tx, [...changed]);
      refuseIfAny(await tooMany(tx));
      return [...stored, ...rules].filter(({ id }) => changed.has(id));
    });
  }

  /** Gives the ids of those that were there. */
  async delete(ids: readonly string[]): Promise<readonly string[]> {
    const deleted = await this.change((tx) => deleteRules(tx, ids));
    return deleted.map(({ id }) => id);
  }

  /** By id, behind `after`. */
  list(
    filter: RuleFilter,
    page: { readonly limit: number; readonly after?: string },
  ): Promise<readonly AllocationRule[]> {
    return readRules(this.pool, filter, page);
  }

  /** `work` gives the rules as they were and as they are, of those that changed. */
  private async change<Rule extends NewAllocationRule>(
    work: (tx: PoolClient) => Promise<readonly Rule[]>,
  ): Promise<readonly Rule[]> {
    const changed = await inRetriedTransaction(this.pool, async (tx) => {
      // One at a time: the shares of two that are saved at once must not be too much together.
      await tx.query(`select pg_advisory_xact_lock(hashtextextended('allocation-rule', 0))`);
      const rules = await work(tx);
      if (rules.length > 0) await appendSaved(tx, await reachOf(tx, rules));
      return rules;
    });
    if (changed.length > 0) this.committed();
    return changed;
  }
}

async function unknownNames(tx: PoolClient, rules: readonly NewAllocationRule[]): Promise<readonly ProblemDetail[]> {
  const unknown = await readUnknownNames(tx, rules);
  const says = {
    channel: (name: string) => `There is no channel account "${name}".`,
    sku: (name: string) => `There is no item "${name}".`,
    category: (name: string) => `No item has the category "${name}".`,
    brand: (name: string) => `No item has the brand "${name}".`,
  };
  return rules.flatMap((rule, index) =>
    (['channel', 'sku', 'category', 'brand'] as const).flatMap((field) => {
      const name = rule[field];
      if (name === undefined || !unknown[field].has(name)) return [];
      return [{ pointer: `/${index}/${field}`, detail: says[field](name) }];
    }),
  );
}

async function tooMany(tx: PoolClient): Promise<readonly ProblemDetail[]> {
  const count = await countRules(tx);
  if (count <= RULES_MAX) return [];
  const detail = `There would be ${count} rules, and at most ${RULES_MAX} may be: delete some that are over.`;
  return [{ pointer: '', detail }];
}

async function reachOf(tx: PoolClient, rules: readonly NewAllocationRule[]): Promise<AllocationRulesSaved> {
  // What one keeps or may borrow, the others have less or more of.
  const concernsOthers = rules.some(({ kind }) => kind === 'SHARE' || kind === 'EXCLUSIVE');
  const channels = concernsOthers
    ? await readChannels(tx)
    : [...new Set(rules.map(({ channel }) => channel))].toSorted();
  const groups = rules.filter(({ sku }) => sku === undefined);
  if (groups.some(({ category, brand }) => category === undefined && brand === undefined))
    return { channels, everything: true };
  const ofGroups = groups.length === 0 ? [] : await readItemsOfRules(tx, groups, ITEMS_NAMED_MAX);
  const skus = new Set([...rules.flatMap(({ sku }) => sku ?? []), ...ofGroups]);
  if (ofGroups.length >= ITEMS_NAMED_MAX) return { channels, everything: true };
  return { skus: [...skus].toSorted(), channels, everything: false };
}

async function appendSaved(tx: PoolClient, data: AllocationRulesSaved): Promise<void> {
  const streamId = randomUUIDv7();
  await appendEvents(tx, [
    {
      streamType: 'allocation-rule',
      streamId,
      streamVersion: 1,
      type: 'AllocationRulesSaved',
      schemaVersion: 1,
      scope: '',
      source: 'hub',
      factId: `hub/allocation-rules/${streamId}`,
      occurredAt: new Date().toISOString(),
      data,
    },
  ]);
}
