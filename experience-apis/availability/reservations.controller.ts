import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SoftReservations, type SoftChange, type SoftKey } from '../../process-apis/availability/index.js';
import { Caller, OpenToChannels, Scopes } from '../../src/platform/auth/auth.decorators.js';
import type { Principal } from '../../src/platform/auth/principal.js';
import { reservationAnswer, type ReservationAnswer } from './availability.answers.js';
import { notReserved, reservationEnded, unknownReservation } from './availability.problems.js';
import { readAs } from './availability.reading.js';
import { extensionSchema, reservationKeySchema, reservationSchema } from './availability.wire.js';
import { ChannelAccess, RESERVE } from './channel-access.js';

type QueryFields = Readonly<Record<string, unknown>>;

/** Soft reservations of carts, checkouts and quotes. The contract is schema/openapi/availability.yaml. */
@Controller('availability/v1/reservations')
@OpenToChannels()
@Scopes(RESERVE)
export class ReservationsController {
  constructor(
    private readonly reservations: SoftReservations,
    private readonly access: ChannelAccess,
  ) {}

  /** 201 when it is new, 200 when it was there with the same content. */
  @Post()
  async reserve(
    @Caller() caller: Principal,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReservationAnswer> {
    const request = readAs(reservationSchema, body);
    await this.access.channelOf(caller, request.channel);
    const outcome = await this.reservations.reserve(request);
    if (outcome.outcome !== 'RESERVED') throw notReserved(outcome, request.reference);
    void reply.status(outcome.repeated ? 200 : 201).header('location', locationOf(request));
    return reservationAnswer(outcome.reservation);
  }

  @Get(':reference')
  async read(
    @Caller() caller: Principal,
    @Param('reference') reference: string,
    @Query() query: QueryFields,
  ): Promise<ReservationAnswer> {
    const found = await this.reservations.find(await this.keyOf(caller, reference, query));
    if (found === undefined) throw unknownReservation(reference);
    return reservationAnswer(found);
  }

  /** Repeatable: one that ended before stays as it is. */
  @Delete(':reference')
  @HttpCode(200)
  async release(
    @Caller() caller: Principal,
    @Param('reference') reference: string,
    @Query() query: QueryFields,
  ): Promise<ReservationAnswer> {
    const change = await this.reservations.release(await this.keyOf(caller, reference, query));
    if (change?.reservation.status === 'CONVERTED') throw reservationEnded(reference, 'the claim of an order');
    return answerOf(change, reference);
  }

  @Post(':reference/extension')
  @HttpCode(200)
  async extend(
    @Caller() caller: Principal,
    @Param('reference') reference: string,
    @Query() query: QueryFields,
    @Body() body: unknown,
  ): Promise<ReservationAnswer> {
    const { ttlSeconds } = readAs(extensionSchema, body);
    const change = await this.reservations.extend(await this.keyOf(caller, reference, query), ttlSeconds);
    if (change?.changed === false) {
      const { status } = change.reservation;
      throw reservationEnded(reference, status === 'HELD' ? 'EXPIRED' : status);
    }
    return answerOf(change, reference);
  }

  private async keyOf(caller: Principal, reference: string, query: QueryFields): Promise<SoftKey> {
    const key = readAs(reservationKeySchema, { ...query, reference });
    return { reference, channel: await this.access.channelOf(caller, key.channel) };
  }
}

function answerOf(change: SoftChange, reference: string): ReservationAnswer {
  if (change === undefined) throw unknownReservation(reference);
  return reservationAnswer(change.reservation);
}

function locationOf({ channel, reference }: SoftKey): string {
  return `/availability/v1/reservations/${encodeURIComponent(reference)}?channel=${encodeURIComponent(channel)}`;
}
