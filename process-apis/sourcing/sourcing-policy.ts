import { z } from 'zod';
import type { NodeKind } from '../../src/model/stock.js';
import { jsonPointer, type ProblemDetail } from '../../src/platform/http/problem.js';

export const SOURCING_CRITERIA = ['PRIORITY', 'ZONE', 'DISTANCE', 'COST', 'CUT_OFF', 'CAPACITY'] as const;

export type SourcingCriterion = (typeof SOURCING_CRITERIA)[number];

/** A part of the world that orders go to: a country, or the postal codes of it that start alike. */
export interface SourcingZone {
  readonly name: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** Leading characters of postal codes; absent is the whole country. The longest that fits decides. */
  readonly postalZones?: readonly string[];
  /** Degrees, WGS 84: where distances are measured from. */
  readonly latitude?: number;
  readonly longitude?: number;
  /** Rank by node, 1 is best. */
  readonly nodes?: Readonly<Record<string, number>>;
}

/** How nodes are chosen for a channel's orders. */
export interface SourcingPolicy {
  /** The first that tells two nodes apart decides; what none tells apart goes by the node's priority, then its id. */
  readonly criteria: readonly SourcingCriterion[];
  /** Absent is every kind. */
  readonly allowedKinds?: readonly NodeKind[];
  readonly excludedNodes?: readonly string[];
  readonly sameCountryOnly?: boolean;
  /** Of zones and nodes with coordinates; a distance that is not known excludes nothing. */
  readonly maxDistanceKm?: number;
  /** Nodes that one order may be split over. */
  readonly maxNodes: number;
  readonly zones: readonly SourcingZone[];
  /** Stores that ship from store may be chosen. */
  readonly shipFromStore: boolean;
  /** Orders may be collected at nodes that offer it. */
  readonly clickAndCollect: boolean;
}

/** What applies where nothing is saved. */
export const DEFAULT_SOURCING_POLICY: SourcingPolicy = {
  criteria: ['PRIORITY'],
  maxNodes: 10,
  zones: [],
  shipFromStore: true,
  clickAndCollect: true,
};

const NODES_NAMED_MAX = 1_000;
const NODE_ID_MAX = 200;
const ZONES_MAX = 1_000;
const POSTAL_ZONES_MAX = 1_000;
const RANK_MAX = 1_000;
const SPLIT_NODES_MAX = 10;
/** Half the way around the earth. */
const DISTANCE_MAX_KM = 20_038;
/** More are not told at once: who sends so many errors mends the first ones first. */
const FINDINGS_MAX = 100;

const nodeId = z.string().min(1).max(NODE_ID_MAX);

const zoneSchema = z
  .strictObject({
    name: z.string().min(1).max(100),
    country: z.string().regex(/^[A-Z]{2}$/, 'Must be an ISO 3166-1 alpha-2 code in upper case, like "DE".'),
    postalZones: z
      .array(
        z
          .string()
          .regex(
            /^[0-9A-Z]{1,10}$/,
            'Must be the first 1 to 10 characters of a postal code: upper-case letters and digits, no spaces or hyphens.',
          ),
      )
      .min(1, 'Must name at least one; leave it out for the whole country.')
      .max(POSTAL_ZONES_MAX)
      .exactOptional(),
    latitude: z.number().min(-90).max(90).exactOptional(),
    longitude: z.number().min(-180).max(180).exactOptional(),
    nodes: z
      .record(nodeId, z.int().min(1).max(RANK_MAX))
      .refine((nodes) => Object.keys(nodes).length <= NODES_NAMED_MAX, `Must name at most ${NODES_NAMED_MAX} nodes.`)
      .exactOptional(),
  })
  .superRefine(({ latitude, longitude }, context) => {
    if ((latitude === undefined) === (longitude === undefined)) return;
    const missing = latitude === undefined ? 'latitude' : 'longitude';
    context.addIssue({ code: 'custom', path: [missing], message: 'Is missing: give both coordinates or neither.' });
  });

export const sourcingPolicySchema: z.ZodType<SourcingPolicy> = z.strictObject({
  criteria: z
    .array(z.enum(SOURCING_CRITERIA))
    .min(1, 'Must name at least one criterion, like "PRIORITY".')
    .superRefine((criteria, context) => {
      for (const [index, criterion] of criteria.entries())
        if (criteria.indexOf(criterion) < index)
          context.addIssue({
            code: 'custom',
            path: [index],
            message: `${criterion} stands before already: remove it.`,
          });
    }),
  allowedKinds: z
    .array(z.enum(['DC', 'STORE', 'THIRD_PARTY', 'DROP_SHIPPER']))
    .min(1, 'Must name at least one kind; leave it out to allow every kind.')
    .exactOptional(),
  excludedNodes: z.array(nodeId).max(NODES_NAMED_MAX).exactOptional(),
  sameCountryOnly: z.boolean().exactOptional(),
  maxDistanceKm: z.number().positive().max(DISTANCE_MAX_KM).exactOptional(),
  maxNodes: z.int().min(1).max(SPLIT_NODES_MAX),
  zones: z
    .array(zoneSchema)
    .max(ZONES_MAX)
    .superRefine((zones, context) => {
      for (const { path, message } of ambiguities(zones))
        context.addIssue({ code: 'custom', path: [...path], message });
    }),
  shipFromStore: z.boolean(),
  clickAndCollect: z.boolean(),
});

/** Zones that share a name, or of which the same destination could be in two. */
function ambiguities(zones: readonly SourcingZone[]): readonly { path: readonly PropertyKey[]; message: string }[] {
  const found: { path: readonly PropertyKey[]; message: string }[] = [];
  const names = new Set<string>();
  const areas = new Map<string, string>();
  for (const [index, { name, country, postalZones }] of zones.entries()) {
    if (names.has(name))
      found.push({ path: [index, 'name'], message: `Another zone is named "${name}": choose another name.` });
    names.add(name);
    for (const [at, prefix] of (postalZones ?? ['']).entries()) {
      const other = areas.get(`${country}/${prefix}`);
      if (other === undefined) areas.set(`${country}/${prefix}`, name);
      else
        found.push({
          path: postalZones === undefined ? [index] : [index, 'postalZones', at],
          message: `${country} ${prefix || 'as a whole'} is in zone "${other}" already: keep it in one of them.`,
        });
    }
  }
  return found;
}

/** A policy that cannot be taken. Each error says where, as a JSON Pointer into the policy, and what. */
export class SourcingPolicyError extends Error {
  readonly code = 'SOURCING_POLICY_INVALID';

  constructor(
    readonly channel: string,
    readonly errors: readonly ProblemDetail[],
  ) {
    const told = errors.map(({ pointer, detail }) => `${pointer || 'the policy'}: ${detail}`).join(' ');
    super(`The sourcing policy of "${channel}" cannot be used. ${told}`);
    this.name = 'SourcingPolicyError';
  }
}

/** Reads JSON as the channel's policy; SourcingPolicyError when it is none. */
export function parseSourcingPolicy(channel: string, value: unknown): SourcingPolicy {
  const parsed = sourcingPolicySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SourcingPolicyError(channel, parsed.error.issues.flatMap(findingsOf).slice(0, FINDINGS_MAX));
}

function findingsOf(issue: z.core.$ZodIssue): readonly ProblemDetail[] {
  if (issue.code !== 'unrecognized_keys') return [{ pointer: jsonPointer(issue.path), detail: issue.message }];
  return issue.keys.map((key) => ({
    pointer: jsonPointer([...issue.path, key]),
    detail: 'A sourcing policy has no such field here: remove it.',
  }));
}

/** Every node that the policy names, and where. */
export function nodesNamedBy(policy: SourcingPolicy): readonly { readonly node: string; readonly pointer: string }[] {
  const excluded = (policy.excludedNodes ?? []).map((node, index) => ({
    node,
    pointer: jsonPointer(['excludedNodes', index]),
  }));
  const ranked = policy.zones.flatMap((zone, index) =>
    Object.keys(zone.nodes ?? {}).map((node) => ({ node, pointer: jsonPointer(['zones', index, 'nodes', node]) })),
  );
  return [...excluded, ...ranked];
}
