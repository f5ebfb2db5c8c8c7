import { useState, type ReactElement } from 'react';
import { useSession } from '../../auth/session.js';
import type { PersonsFragment, PostalAddressFragment } from '../../generated/graphql.js';
import { Button, Card, Facts } from '../../ui/index.js';
import { Trouble } from '../shared/loaded.js';
import { useRead } from '../shared/use-read.js';
import { REVEALED_PERSONS, type PageOrder } from './order.documents.js';

/** Who bought, and where the goods go: masked until somebody with the scope for it asks, which is recorded. */
export function PersonsCard({ order }: { order: PageOrder }): ReactElement {
  const { scopes } = useSession();
  const [wanted, setWanted] = useState(false);
  const revealed = useRead(REVEALED_PERSONS, { id: order.id }, { pause: !wanted });
  const clear = wanted ? revealed.data?.order?.parties : undefined;
  return (
    <Card
      title="Persons"
      about={clear ? 'In the clear; that you look is recorded.' : undefined}
      actions={
        <Reveal
          may={scopes.has('pii:read')}
          shown={wanted}
          busy={wanted && revealed.data === undefined && revealed.error === undefined}
          onReveal={setWanted}
        />
      }
    >
      <div className="stack">
        {wanted && <Trouble read={revealed} />}
        <Persons persons={clear ?? order.parties} />
      </div>
    </Card>
  );
}

interface RevealProps {
  readonly may: boolean;
  readonly shown: boolean;
  readonly busy: boolean;
  readonly onReveal: (shown: boolean) => void;
}

function Reveal({ may, shown, busy, onReveal }: RevealProps): ReactElement {
  if (!may) return <span className="small muted">Masked for your role (scope pii:read)</span>;
  return (
    <Button size="sm" busy={busy} aria-pressed={shown} onClick={() => onReveal(!shown)}>
      {shown ? 'Mask again' : 'Reveal'}
    </Button>
  );
}

function Persons({ persons }: { persons: PersonsFragment | null | undefined }): ReactElement {
  if (persons === null || persons === undefined) return <p className="muted">The persons were erased.</p>;
  const { buyer, shipTo, billTo, giftMessages, note } = persons;
  return (
    <Facts
      entries={[
        [
          'Buyer',
          buyer ? <Lines key="buyer" of={[buyer.name, buyer.company, buyer.email, buyer.phone, buyer.taxId]} /> : null,
        ],
        ['Ship to', shipTo ? <PostalAddress key="ship to" address={shipTo} /> : null],
        ['Bill to', billTo ? <PostalAddress key="bill to" address={billTo} /> : null],
        [
          'Gift messages',
          giftMessages.length > 0 ? (
            <Lines key="gift messages" of={giftMessages.map(({ message }) => message)} />
          ) : null,
        ],
        ['Note', note ?? null],
      ]}
    />
  );
}

function PostalAddress({ address }: { address: PostalAddressFragment }): ReactElement {
  const { name, company, line1, line2, line3, postalCode, city, region, country, phone } = address;
  const town = [postalCode, city].filter(Boolean).join(' ');
  return <Lines of={[name, company, line1, line2, line3, town, [region, country].filter(Boolean).join(', '), phone]} />;
}

/** Nothing but stars. */
const MASKED = /^[*\s,]*$/;

/** What is masked whole is told once, however many lines it has. */
function Lines({ of }: { of: readonly (string | null | undefined)[] }): ReactElement {
  const known = of.flatMap((line) => line || []);
  const shown = known.filter((line) => !MASKED.test(line));
  return (
    <span className="order-address wrap-anywhere">{(shown.length > 0 ? shown : known.slice(0, 1)).join('\n')}</span>
  );
}
