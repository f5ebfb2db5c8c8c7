import { createHash, randomUUIDv7 } from 'node:crypto';
import type { Pool } from 'pg';
import type { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import type { CarrierMessageSink, CarrierPort, CarrierReading } from '../../system-apis/carrier/carrier.port.js';
import {
  failedInside,
  insertMessages,
  isFault,
  messageAad,
  type MessageRow,
  type MessageSource,
  type StoredMessage,
  type StoredReading,
} from '../intake/index.js';
import { newsFacts, type PackageNews } from './package-news.js';
import { findTracked, type TrackedPackage } from './tracked-package.sql.js';

const TOPIC = 'events';
/** Boxes that share one number. */
const PACKAGES_MAX = 100;

type Told = Extract<CarrierReading, { outcome: 'NEWS' }>;
type Kept = Pick<MessageRow, 'status' | 'externalId' | 'subjects'> & {
  readonly reason: string;
  readonly detail: string;
};

export interface CarrierInboundParts {
  readonly carrier: CarrierPort;
  readonly news: PackageNews;
  readonly pool: Pool;
  readonly cipher: FieldCipher;
}

/**
 * Takes what a carrier's system tells by itself. Resolves when it is committed or kept, so that the carrier may forget it. News of a parcel
 * that no package has is parked: the parcel may be told of before the warehouse has told of the shipment.
 */
export class CarrierInbound implements CarrierMessageSink, MessageSource {
  constructor(private readonly parts: CarrierInboundParts) {}

  async receive(body: Buffer): Promise<CarrierReading> {
    const reading = this.parts.carrier.interpret(body);
    const kept = await this.take(reading, body);
    if (kept !== undefined) await this.keep(kept, body);
    return reading;
  }

  owns({ source, topic }: StoredMessage): boolean {
    return source === this.parts.carrier.system && topic === TOPIC;
  }

  async read(_message: StoredMessage, body: Buffer): Promise<StoredReading> {
    const reading = this.parts.carrier.interpret(body);
    switch (reading.outcome) {
      case 'REFUSED':
        return reading;
      case 'IGNORED':
        return { outcome: 'IGNORED', reason: 'UNKNOWN_TOPIC', detail: 'It is not about a parcel.' };
      case 'NEWS': {
        const packages = await this.packagesOf(reading);
        if (packages.length === 0) return { outcome: 'NOT_NOW', detail: unknownParcel(reading) };
        return { outcome: 'FACTS', facts: newsFacts(this.parts.carrier.system, packages, reading.state), stock: [] };
      }
    }
  }

  /** Gives what must be kept of the message. */
  private async take(reading: CarrierReading, body: Buffer): Promise<Kept | undefined> {
    if (reading.outcome === 'IGNORED') return undefined;
    if (reading.outcome === 'REFUSED') {
      const { reason, detail } = reading;
      // A body that cannot be read has no id but its content.
      return {
        status: 'REFUSED',
        externalId: createHash('sha256').update(body).digest('hex'),
        subjects: [],
        reason,
        detail,
      };
    }
    const { id, state } = reading;
    if (state.news === undefined) return undefined;
    const of = { externalId: id, subjects: [`parcel/${state.trackingNumber}`] };
    const packages = await this.packagesOf(reading);
    if (packages.length === 0)
      return { ...of, status: 'PARKED', reason: 'UNKNOWN_PACKAGE', detail: unknownParcel(reading) };
    return this.takeNews(reading, packages, of);
  }

  private async takeNews(
    { state }: Told,
    packages: readonly TrackedPackage[],
    of: Pick<Kept, 'externalId' | 'subjects'>,
  ): Promise<Kept | undefined> {
    try {
      const outcomes = await this.parts.news.take(packages.map((tracked) => ({ tracked, state })));
      const rejected = outcomes.find(({ result }) => result === 'REJECTED' || result === 'UNKNOWN_ORDER');
      if (rejected === undefined) return undefined;
      return { ...of, status: 'REFUSED', reason: 'AGAINST_THE_RULES', detail: rejected.reason ?? '' };
    } catch (error) {
      if (!isFault(error)) throw error;
      const { reason, detail } = failedInside(error);
      return { ...of, status: 'REFUSED', reason, detail };
    }
  }

  private packagesOf({ state }: Told): Promise<readonly TrackedPackage[]> {
    const { carrier, pool } = this.parts;
    return findTracked(pool, carrier.system, state, PACKAGES_MAX);
  }

  private async keep(kept: Kept, body: Buffer): Promise<void> {
    const id = randomUUIDv7();
    const { carrier, cipher, pool } = this.parts;
    await insertMessages(pool, [
      { ...kept, id, source: carrier.system, topic: TOPIC, body: cipher.seal(body, messageAad(id)) },
    ]);
  }
}

function unknownParcel({ state: { carrier, trackingNumber } }: Told): string {
  return `No package has the number ${trackingNumber} of ${carrier} yet. It is taken when one has.`;
}
