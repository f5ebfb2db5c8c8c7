import { Module } from '@nestjs/common';
import { DriftController } from './drift.controller.js';

@Module({ controllers: [DriftController] })
export class DriftModule {}
