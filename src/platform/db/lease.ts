import type { Pool } from 'pg';

/** A process that dies leaves its work to the others after this long. */
const LEASE_MS = 30_000;
const RENEW_MS = LEASE_MS / 3;

/**
 * The right to do something, for one process at a time. Kept alive by a timer while it is held; the clock is the
 * database's. A holder that stood still for longer than LEASE_MS may have lost it: what it writes then checks the row.
 */
export class Lease {
  private readonly timer: NodeJS.Timeout;
  private renewing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly pool: Pool,
    readonly name: string,
    readonly holder: string,
  ) {
    this.timer = setInterval(() => {
      this.renewing = this.renew();
    }, RENEW_MS);
  }

  /** Undefined while another holder has it. A holder that asks again gets it again. */
  static async take(pool: Pool, name: string, holder: string): Promise<Lease | undefined> {
    const { rowCount } = await pool.query({
      name: 'lease.take',
      text: `insert into lease as l (name, holder, until)
             values ($1, $2, clock_timestamp() + $3::float8 * interval '1 millisecond')
             on conflict (name) do update set holder = excluded.holder, until = excluded.until
             where l.holder = excluded.holder or l.until <= clock_timestamp()`,
      values: [name, holder, LEASE_MS],
    });
    return rowCount === 1 ? new Lease(pool, name, holder) : undefined;
  }

  /** Lets it go: to anyone at once, or after `restMs` to anyone else. */
  async release(restMs = 0): Promise<void> {
    clearInterval(this.timer);
    await this.renewing;
    await this.prolong(restMs);
  }

  private async renew(): Promise<void> {
    // Without a database for LEASE_MS the lease is another's, and the row tells so when something is recorded.
    await this.prolong(LEASE_MS).catch(() => undefined);
  }

  private async prolong(ms: number): Promise<void> {
    await this.pool.query({
      name: 'lease.prolong',
      text: `update lease set until = clock_timestamp() + $3::float8 * interval '1 millisecond'
             where name = $1 and holder = $2 and (until > clock_timestamp() or $3::float8 = 0)`,
      values: [this.name, this.holder, ms],
    });
  }
}
