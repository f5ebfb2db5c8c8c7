import { Inject } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import type { Pool } from 'pg';
import {
  Availability,
  planDryRun,
  SOFT_LINES_MAX,
  UnknownInRequestError,
  type DryRun,
  type DryRunLine,
  type PlannedDryRun,
} from '../../../process-apis/availability/index.js';
import { Catalog } from '../../../process-apis/catalog/index.js';
import { LINE_QUANTITY_MAX, type Destination } from '../../../src/model/order.js';
import { Scopes } from '../../../src/platform/auth/auth.decorators.js';
import { requireChannel, unknownChannel } from '../../../src/platform/auth/require-channel.js';
import { PG_POOL } from '../../../src/platform/db/database.module.js';
import type { Given } from '../given.js';
import { badInput } from '../graphql-errors.js';
import type { OperationContext } from '../operation-context.js';
import { AVAILABILITY_READ, checkTexts, requireScope } from './record-access.js';

const COUNTRY = /^[A-Z]{2}$/;
/** Of a postal code so many characters say where goods go. */
const POSTAL_ZONE_CHARS = 10;

interface DryRunInput {
  readonly channel: string;
  readonly lines: readonly (Given<{ sku: string; listingSku: string }> & { readonly quantity: number })[];
  readonly country?: string | null;
  readonly region?: string | null;
  readonly postalCode?: string | null;
  readonly collectAt?: string | null;
}

type Unit<T> = Omit<T, 'lineId'> & { readonly line: number };

interface DryRunView extends Pick<DryRun, 'shortages' | 'nodes' | 'excluded' | 'limited'> {
  readonly channel: string;
  readonly asOf: string;
  readonly allocations: readonly Unit<DryRun['allocations'][number]>[];
  readonly missing: readonly Unit<DryRun['missing'][number]>[];
}

/** Where an order would go, as the availability API answers it. */
@Resolver()
@Scopes(AVAILABILITY_READ)
export class SourcingResolver {
  constructor(
    private readonly availability: Availability,
    private readonly catalog: Catalog,
    @Inject(PG_POOL) private readonly pool: Pool,
  ) {}

  @Query('sourcingDryRun')
  async sourcingDryRun(
    _: unknown,
    { input }: { readonly input: DryRunInput },
    { principal }: OperationContext,
  ): Promise<DryRunView> {
    const { channel, lines, collectAt } = input;
    checkTexts({ ...input, lines: [] });
    requireChannel(principal, channel);
    if (principal.channel !== undefined) requireScope(principal, 'availability:explain');
    if ((await this.catalog.account(channel)) === undefined) throw unknownChannel(channel);
    const destination = destinationOf(input);
    try {
      const planned = await planDryRun(this.availability, this.pool, {
        channel,
        lines: checkedLines(lines),
        method: typeof collectAt === 'string' ? 'COLLECT' : 'SHIP',
        ...(typeof collectAt === 'string' ? { collectAt } : {}),
        ...(destination === undefined ? {} : { destination }),
      });
      return toView(channel, planned);
    } catch (error) {
      if (error instanceof UnknownInRequestError) throw badInput(error.message);
      throw error;
    }
  }
}

/** Throws a GraphQL error. */
function checkedLines(lines: DryRunInput['lines']): readonly DryRunLine[] {
  if (lines.length === 0 || lines.length > SOFT_LINES_MAX) throw badInput(`"lines" must be 1 to ${SOFT_LINES_MAX}.`);
  return lines.map((line, index) => {
    const { sku, listingSku, quantity } = line;
    checkTexts(line);
    if (quantity < 1 || quantity > LINE_QUANTITY_MAX)
      throw badInput(`/lines/${index}/quantity must be from 1 to ${LINE_QUANTITY_MAX}.`);
    if (typeof sku === 'string' && typeof listingSku !== 'string') return { sku, quantity };
    if (typeof listingSku === 'string' && typeof sku !== 'string') return { listingSku, quantity };
    throw badInput(`/lines/${index} must name an item by "sku" or a listing by "listingSku": one of the two.`);
  });
}

/** Throws a GraphQL error. */
function destinationOf({ country, region, postalCode }: DryRunInput): Destination | undefined {
  if (typeof country !== 'string') {
    if (typeof region !== 'string' && typeof postalCode !== 'string') return undefined;
    throw badInput('"region" and "postalCode" need "country".');
  }
  if (!COUNTRY.test(country)) throw badInput('"country" must be an ISO 3166-1 alpha-2 code in upper case, like "DE".');
  const zone = (postalCode ?? '')
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .slice(0, POSTAL_ZONE_CHARS);
  return {
    country,
    ...(typeof region === 'string' ? { region } : {}),
    ...(zone === '' ? {} : { postalZone: zone }),
  };
}

function toView(channel: string, { asOf, run }: PlannedDryRun): DryRunView {
  const { allocations, missing, shortages, nodes, excluded, limited } = run;
  return {
    channel,
    asOf,
    allocations: allocations.map(({ lineId, ...of }) => ({ line: Number(lineId), ...of })),
    missing: missing.map(({ lineId, ...of }) => ({ line: Number(lineId), ...of })),
    shortages,
    nodes,
    excluded,
    limited,
  };
}
