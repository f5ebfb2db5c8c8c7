import { Module } from '@nestjs/common';
import { AvailabilityController } from './availability.controller.js';
import { ChannelAccess } from './channel-access.js';
import { ReservationsController } from './reservations.controller.js';

/** For shops and service desks: what may be sold, holding it for a while, and where an order would go. */
@Module({ controllers: [AvailabilityController, ReservationsController], providers: [ChannelAccess] })
export class AvailabilityModule {}
