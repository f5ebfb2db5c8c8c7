import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { networkOf } from './network-of.js';

const WINDOW_SECONDS = 300;
/** From one address for one user: a person who does not remember. */
const OF_USER_AT_ADDRESS_MAX = 10;
/** For one user, wherever from: nobody can keep a user out from one place alone. */
const OF_USER_MAX = 50;
/** From one address: an office, or a proxy, with many people behind it. */
const OF_ADDRESS_MAX = 200;
const PRUNE_PAGE = 100;

/** Counts how often people try to sign in, over all processes. */
export class SignInAttempts {
  constructor(private readonly pool: Pool) {}

  /**
   * Counts one more. The seconds to wait where that is too many, else undefined. What is refused by one bound is not counted by
   * the next: an address that tries too often neither fills the table nor keeps the user out elsewhere.
   */
  async count(user: string, address: string): Promise<number | undefined> {
    const { ofAddress, atAddress, ofUser } = boundsOf(user, address);
    return (await this.countAt(ofAddress)) ?? (await this.countAt(atAddress)) ?? (await this.countAt(ofUser));
  }

  private async countAt({ key, max }: Bound): Promise<number | undefined> {
    const { rows } = await this.pool.query<{ attempts: number; rest: string }>({
      name: 'sign-in.attempt',
      text: `insert into sign_in_attempt as a (key_hash, attempts, window_ends_at)
             values ($1, 1, now() + make_interval(secs => $2))
             on conflict (key_hash) do update set
               attempts = case when a.window_ends_at <= now() then 1 else a.attempts + 1 end,
               window_ends_at = case when a.window_ends_at <= now() then excluded.window_ends_at else a.window_ends_at end
             returning attempts, ceil(extract(epoch from window_ends_at - now())) as rest`,
      values: [key, WINDOW_SECONDS],
    });
    const [counted] = rows;
    return counted !== undefined && counted.attempts > max ? Math.max(1, Number(counted.rest)) : undefined;
  }

  /** The user signed in: what was tried before was a mistake. */
  async forgive(user: string, address: string): Promise<void> {
    const { atAddress, ofUser } = boundsOf(user, address);
    await this.pool.query('delete from sign_in_attempt where key_hash = any($1::bytea[])', [
      [atAddress.key, ofUser.key],
    ]);
    await this.pool.query(
      `delete from sign_in_attempt where key_hash in
         (select key_hash from sign_in_attempt where window_ends_at < now() limit $1 for update skip locked)`,
      [PRUNE_PAGE],
    );
  }
}

interface Bound {
  readonly key: Buffer;
  readonly max: number;
}

function boundsOf(user: string, address: string): Readonly<Record<'atAddress' | 'ofUser' | 'ofAddress', Bound>> {
  const network = networkOf(address);
  return {
    atAddress: { key: keyOf('user-at', user, network), max: OF_USER_AT_ADDRESS_MAX },
    ofUser: { key: keyOf('user', user), max: OF_USER_MAX },
    ofAddress: { key: keyOf('address', network), max: OF_ADDRESS_MAX },
  };
}

function keyOf(...parts: readonly string[]): Buffer {
  return createHash('sha256').update(JSON.stringify(parts)).digest();
}
