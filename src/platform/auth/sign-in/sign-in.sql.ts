import { createHash, randomBytes, randomUUIDv7 } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import { recordAudit, type AuditEntry } from '../../audit/index.js';
import { inTransaction } from '../../commit/index.js';

type Db = Pick<ClientBase, 'query'>;

/** From the password to the next time that it is asked for: one long day. */
export const SESSION_SECONDS = 12 * 3600;
export const CODE_SECONDS = 60;
const SECRET_BYTES = 32;
/** What is over is deleted a page at a time, whenever someone signs in. */
const PRUNE_PAGE = 100;

/** Someone who signed in and did not sign out. */
export interface Session {
  readonly id: string;
  readonly subject: string;
  /** Seconds since 1970. */
  readonly beganAt: number;
}

/** What a code or a refresh token stands for. */
export interface Grant {
  readonly session: Session;
  readonly clientId: string;
  readonly redirectUri: string | null;
  readonly challenge: string | null;
  readonly nonce: string | null;
}

export interface CodeRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly nonce: string;
}

/** A grant that was used, with the refresh token that follows it; else why not. */
export type GrantUse =
  | { readonly outcome: 'USED'; readonly grant: Grant; readonly refreshToken: string }
  | { readonly outcome: 'UNKNOWN' | 'REUSED' | 'REFUSED' };

/** Who signed in, and with what they go on. Secrets are given out once and kept as digests. */
export class SignInStore {
  constructor(private readonly pool: Pool) {}

  /** A new session, and the secret for its cookie. */
  async begin(subject: string, address: string): Promise<{ readonly session: Session; readonly secret: string }> {
    return inTransaction(this.pool, async (db) => {
      await prune(db);
      const [id, secret] = [randomUUIDv7(), newSecret()];
      const { rows } = await db.query<{ began: string }>(
        `insert into sign_in_session (id, subject, secret_hash, expires_at)
         values ($1, $2, $3, now() + make_interval(secs => $4))
         returning floor(extract(epoch from began_at)) as began`,
        [id, subject, digest(secret), SESSION_SECONDS],
      );
      await recordAudit(db, told('SIGN_IN', subject, id, { address }));
      return { session: { id, subject, beganAt: Number(rows[0]?.began) }, secret };
    });
  }

  /** The session that the cookie opens. */
  async find(secret: string): Promise<Session | undefined> {
    const { rows } = await this.pool.query<SessionRow>({
      name: 'sign-in.session',
      text: `select id, subject, floor(extract(epoch from began_at)) as began from sign_in_session
             where secret_hash = $1 and ended_at is null and expires_at > now()`,
      values: [digest(secret)],
    });
    return rows[0] && sessionOf(rows[0]);
  }

  /** Ends the session, or all of its user. What they hold opens nothing any more, but for access tokens that still run. */
  async end(session: Session, everywhere: boolean): Promise<void> {
    await inTransaction(this.pool, async (db) => {
      const { rows } = await db.query<{ id: string }>(
        `update sign_in_session set ended_at = now()
         where ended_at is null and subject = $1 and ($3 or id = $2) returning id`,
        [session.subject, session.id, everywhere],
      );
      const ids = rows.map(({ id }) => id);
      await db.query('delete from sign_in_grant where session_id = any($1::uuid[])', [ids]);
      if (ids.length > 0) await recordAudit(db, told('SIGN_OUT', session.subject, session.id, { everywhere }));
    });
  }

  /** A code that opens once, within `CODE_SECONDS`. */
  async issueCode(sessionId: string, { clientId, redirectUri, challenge, nonce }: CodeRequest): Promise<string> {
    const code = newSecret();
    await this.pool.query({
      name: 'sign-in.code',
      text: `insert into sign_in_grant
               (secret_hash, kind, session_id, family_id, client_id, redirect_uri, challenge, nonce, expires_at)
             values ($1, 'CODE', $2, $3, $4, $5, $6, $7, now() + make_interval(secs => $8))`,
      values: [digest(code), sessionId, randomUUIDv7(), clientId, redirectUri, challenge, nonce, CODE_SECONDS],
    });
    return code;
  }

  /**
   * Uses a code or a refresh token up, and gives the refresh token that follows it. One that was used before, or that `accepts`
   * refuses, ends its family: somebody else may hold it.
   */
  async use(secret: string, kind: 'CODE' | 'REFRESH', accepts: (grant: Grant) => boolean): Promise<GrantUse> {
    return inTransaction(this.pool, async (db) => {
      const row = await lockGrant(db, digest(secret), kind);
      if (row === undefined) return { outcome: 'UNKNOWN' };
      const grant = grantOf(row);
      if (row.used || !accepts(grant)) {
        await db.query('delete from sign_in_grant where family_id = $1', [row.family]);
        const outcome = row.used ? 'REUSED' : 'REFUSED';
        await recordAudit(db, told('SIGN_IN_ENDED', row.subject, row.id, { kind, why: outcome }));
        return { outcome };
      }
      if (!row.live) return { outcome: 'UNKNOWN' };
      const refreshToken = newSecret();
      await db.query('update sign_in_grant set used_at = now() where secret_hash = $1', [digest(secret)]);
      await db.query(
        `insert into sign_in_grant (secret_hash, kind, session_id, family_id, client_id, expires_at)
         select $1, 'REFRESH', s.id, $3, $4, s.expires_at from sign_in_session s where s.id = $2`,
        [digest(refreshToken), row.id, row.family, row.client],
      );
      return { outcome: 'USED', grant, refreshToken };
    });
  }

  /** Ends the family of a refresh token; nothing, where there is none. */
  async revoke(secret: string): Promise<void> {
    await inTransaction(this.pool, async (db) => {
      const row = await lockGrant(db, digest(secret), 'REFRESH');
      if (row !== undefined) await db.query('delete from sign_in_grant where family_id = $1', [row.family]);
    });
  }
}

interface SessionRow {
  readonly id: string;
  readonly subject: string;
  readonly began: string;
}

interface GrantRow extends SessionRow {
  readonly family: string;
  readonly client: string;
  readonly redirectUri: string | null;
  readonly challenge: string | null;
  readonly nonce: string | null;
  readonly used: boolean;
  readonly live: boolean;
}

/** Under the lock of its session: what happens to a family happens one after the other. */
async function lockGrant(db: Db, hash: Buffer, kind: 'CODE' | 'REFRESH'): Promise<GrantRow | undefined> {
  await db.query(
    `select 1 from sign_in_session s where s.id = (select session_id from sign_in_grant where secret_hash = $1) for update`,
    [hash],
  );
  const { rows } = await db.query<GrantRow>(
    `select s.id, s.subject, floor(extract(epoch from s.began_at)) as began, g.family_id as family, g.client_id as client,
            g.redirect_uri as "redirectUri", g.challenge, g.nonce, g.used_at is not null as used,
            g.expires_at > now() and s.ended_at is null and s.expires_at > now() as live
     from sign_in_grant g join sign_in_session s on s.id = g.session_id
     where g.secret_hash = $1 and g.kind = $2`,
    [hash, kind],
  );
  return rows[0];
}

function grantOf(row: GrantRow): Grant {
  const { client: clientId, redirectUri, challenge, nonce } = row;
  return { session: sessionOf(row), clientId, redirectUri, challenge, nonce };
}

function sessionOf({ id, subject, began }: SessionRow): Session {
  return { id, subject, beganAt: Number(began) };
}

async function prune(db: Db): Promise<void> {
  for (const [table, key] of [
    ['sign_in_session', 'id'],
    ['sign_in_grant', 'secret_hash'],
  ] as const)
    await db.query(
      `delete from ${table} where ${key} in
         (select ${key} from ${table} where expires_at < now() order by expires_at limit $1 for update skip locked)`,
      [PRUNE_PAGE],
    );
}

function told(action: string, subject: string, sessionId: string, input: object): AuditEntry {
  return { actor: subject, action, subjectType: 'sign-in', subjectId: sessionId, input, outcome: 'DONE' };
}

function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
