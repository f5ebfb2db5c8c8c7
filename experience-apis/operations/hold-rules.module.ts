import { Module } from '@nestjs/common';
import type { Pool } from 'pg';
import { HoldRules } from '../../process-apis/orders/index.js';
import { PG_POOL } from '../../src/platform/db/database.module.js';
import { HoldRulesController } from './hold-rules.controller.js';

@Module({
  controllers: [HoldRulesController],
  providers: [{ provide: HoldRules, inject: [PG_POOL], useFactory: (pool: Pool) => new HoldRules(pool) }],
})
export class HoldRulesModule {}
