import { useSession } from '../../auth/session.js';
import type { OutsideSystem } from '../../generated/graphql.js';
import { channelPath } from './paths.js';

const BY_PERSONS: ReadonlySet<OutsideSystem> = new Set(['CATALOG', 'STOCK', 'PERSON']);

/** Gives where something can be done about what orders wait for; undefined where the role does not let one go there. */
export function usePlaceOf(): (system: OutsideSystem, channel?: string) => string | undefined {
  const { scopes } = useSession();
  return (system, channel) => {
    if (BY_PERSONS.has(system)) return scopes.has('exceptions:read') ? '/exceptions' : undefined;
    if (!scopes.has('policies:read')) return undefined;
    return system === 'CHANNEL' && channel !== undefined ? channelPath(channel) : '/systems';
  };
}
