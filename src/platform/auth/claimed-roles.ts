import type { JWTPayload } from 'jose';
import type { RoleTable } from './sign-in/sign-in-settings.js';

const CLAIMED_MAX = 1_000;

/** Turns what an outside issuer says of people's roles or groups into the scopes of the hub. */
export class ClaimedRoles {
  /**
   * @param claim its name, or a path with dots: `roles`, `realm_access.roles`, `https://example.com/roles`
   * @param renamed by the value in the claim the role that it means; undefined: the values are the names of roles
   */
  constructor(
    private readonly table: RoleTable,
    private readonly claim: string,
    private readonly renamed: ReadonlyMap<string, string> | undefined,
  ) {}

  /** Values that mean no role are somebody else's business. */
  scopesOf(claims: JWTPayload): readonly string[] {
    return listOf(claimAt(claims, this.claim)).flatMap((value) => {
      const role = this.renamed === undefined ? value : this.renamed.get(value);
      return role !== undefined && Object.hasOwn(this.table, role) ? (this.table[role] ?? []) : [];
    });
  }
}

/** A claim whose name has dots in it wins over a path. */
function claimAt(claims: JWTPayload, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name
    .split('.')
    .reduce<unknown>((at, step) => (isObject(at) && Object.hasOwn(at, step) ? at[step] : undefined), claims);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function listOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ');
  if (!Array.isArray(claim)) return [];
  return claim.slice(0, CLAIMED_MAX).filter((value) => typeof value === 'string');
}
