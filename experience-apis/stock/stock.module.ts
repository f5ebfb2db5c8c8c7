import { Module } from '@nestjs/common';
import { StockController } from './stock.controller.js';
import { StockInbox } from './stock.inbox.js';

/** For systems that know stock and are no warehouse of the hub's contract: ERP, POS and 3PL middlewares. */
@Module({ controllers: [StockController], providers: [StockInbox] })
export class StockModule {}
