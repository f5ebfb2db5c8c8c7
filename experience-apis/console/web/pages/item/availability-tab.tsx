import type { ReactElement } from 'react';
import { graphql } from '../../generated/index.js';
import { useSession } from '../../auth/session.js';
import { useLive } from '../../live/use-live.js';
import { EmptyState, SelectField, Instant, Notice, TextField, Toolbar } from '../../ui/index.js';
import { AsOfField, instantOf } from '../shared/as-of-field.js';
import { Loaded } from '../shared/loaded.js';
import { useUrlState } from '../shared/url-state.js';
import { useRead } from '../shared/use-read.js';
import { useThrottled } from '../shared/use-throttled.js';
import { AvailabilityCard } from './availability-card.js';
import type { Item } from './item.types.js';

const AVAILABILITY = graphql(`
  query AvailabilityOfItem(
    $channel: String!
    $skus: [String!]
    $listings: [String!]
    $quantity: Int!
    $asOf: DateTime
  ) {
    availability(channel: $channel, skus: $skus, listings: $listings, quantity: $quantity, asOf: $asOf) {
      asOf
      basis
      items {
        sku
        listingSku
        quantity
        status
        available
        availableFrom
        releaseAt
        told {
          quantity
          toldAt
        }
        explanation {
          sku
          quantity
          atp
          available
          ats
          nodes {
            node
            atp
            capacityLeft
            excluded
            sum
          }
          rules {
            ruleId
            name
            kind
            says
            before
            after
          }
        }
      }
    }
  }
`);

const CHANGED = graphql(`
  subscription AvailabilityMoved($channel: String!, $after: Cursor) {
    availabilityChanged(channel: $channel, after: $after) {
      cursor
      listingSku
    }
  }
`);

const START = { channel: '', quantity: '1', asOf: '' };
/** Changes that come close together are read at once. */
const READ_AGAIN_MS = 300;

interface AvailabilityTabProps {
  readonly item: Item;
  readonly channels: readonly { readonly key: string; readonly name: string }[];
}

/** What a channel may sell of the item, explained; now or as it was. */
export function AvailabilityTab({ item, channels }: AvailabilityTabProps): ReactElement {
  const { values, set } = useUrlState(START);
  const sellers = new Set(item.listings.map(({ channel }) => channel));
  const offered = channels.filter(({ key }) => sellers.has(key));
  const known = offered.length === 0 ? channels : offered;
  const channel = values.channel === '' ? (known[0]?.key ?? '') : values.channel;
  const quantity = Math.max(1, Math.trunc(Number(values.quantity)) || 1);
  return (
    <div className="stack">
      <Toolbar label="What to look at">
        <SelectField
          label="Channel"
          value={channel}
          options={known.map(({ key, name }) => ({ value: key, label: name }))}
          onChange={({ target }) => set({ channel: target.value })}
        />
        <TextField
          label="Units wanted"
          type="number"
          min={1}
          step={1}
          value={values.quantity}
          onChange={({ target }) => set({ quantity: target.value })}
        />
        <AsOfField value={values.asOf} onChange={(asOf) => set({ asOf })} />
      </Toolbar>
      {channel === '' ? (
        <EmptyState title="There is no channel to look at" />
      ) : (
        <Answer key={channel} item={item} channel={channel} quantity={quantity} asOf={instantOf(values.asOf)} />
      )}
    </div>
  );
}

interface AnswerProps {
  readonly item: Item;
  readonly channel: string;
  readonly quantity: number;
  readonly asOf: string | null;
}

function Answer({ item, channel, quantity, asOf }: AnswerProps): ReactElement {
  const listings = item.listings.filter((listing) => listing.channel === channel).map(({ listingSku }) => listingSku);
  const wanted = listings.length === 0 ? { skus: [item.sku], listings: [] } : { skus: [], listings };
  const read = useRead(AVAILABILITY, { channel, quantity, asOf, ...wanted });
  useChanges(channel, listings, read.again, asOf === null);
  return (
    <Loaded read={read} lines={8}>
      {({ availability }) => (
        <div className="stack">
          {availability.basis === 'REBUILT' && (
            <Notice tone="held" icon="clock">
              Stock as the ledger has it until <Instant at={availability.asOf} />. Rules, node calendars and policies
              are those of today.
            </Notice>
          )}
          {availability.items.map((answer) => (
            <AvailabilityCard
              key={answer.listingSku ?? answer.sku}
              answer={answer}
              then={availability.basis === 'REBUILT'}
            />
          ))}
        </div>
      )}
    </Loaded>
  );
}

/** Reads again when what may be sold of one of the listings changed. */
function useChanges(channel: string, listings: readonly string[], again: () => void, enabled: boolean): void {
  const { scopes } = useSession();
  const move = useThrottled(again, READ_AGAIN_MS);
  useLive(
    CHANGED,
    { channel },
    {
      onEvent: ({ listingSku }) => {
        if (listings.includes(listingSku)) move();
      },
      onGap: move,
      enabled: enabled && scopes.has('availability:read'),
    },
  );
}
