import type { Pool } from 'pg';
import { consumeLog, encodeCursor } from '../../src/platform/event-log/index.js';

const PAGE = 100;

/**
 * Reads the log as any durable consumer does: each process has one, and one of them reads at a time. What it is handed is
 * written with its cursor, in order; the invariants compare it with the log.
 */
export class LogSubscriber {
  constructor(private readonly pool: Pool) {}

  read(): Promise<boolean> {
    return consumeLog(this.pool, 'simulated-subscriber', PAGE, async (tx, events) => {
      const cursors = events.map(({ cursor }) => encodeCursor(cursor));
      await tx.query({ name: 'sim.delivered', text: 'sim.delivered', values: [cursors] });
    });
  }
}
