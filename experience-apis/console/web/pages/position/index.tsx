import type { ReactElement } from 'react';
import { Link, useParams } from 'react-router';
import { Page } from '../../app/page.js';
import { graphql } from '../../generated/index.js';
import {
  Card,
  DataTable,
  EmptyState,
  Facts,
  Instant,
  Notice,
  plainWords,
  Quantity,
  RelativeTime,
  Toolbar,
  Trail,
  type Column,
} from '../../ui/index.js';
import { AsOfField, instantOf } from '../shared/as-of-field.js';
import { Loaded } from '../shared/loaded.js';
import { itemPath } from '../shared/paths.js';
import { StockBar } from '../shared/stock-bar.js';
import { SumSteps } from '../shared/sum-steps.js';
import { useUrlState } from '../shared/url-state.js';
import { useRead } from '../shared/use-read.js';
import { atpSteps } from './atp-steps.js';
import { LedgerCard } from './ledger-card.js';
import type { Lot, PositionShown, Supply } from './position.types.js';

const POSITION = graphql(`
  query Position($sku: String!, $node: String!, $asOf: DateTime, $now: Boolean!) {
    position(sku: $sku, node: $node, asOf: $asOf) {
      id
      asOf
      sku
      node
      onHand
      reserved
      qualityHold
      safetyStock
      threshold
      incoming
      inTransit
      missing
      earmarked
      atp
      countedAt
      lots(first: 50) {
        lot
        expiresOn
        onHand
        reserved
        qualityHold
      }
      expectedSupply(first: 50) @include(if: $now) {
        id
        kind
        source
        document
        fromNode
        expectedAt
        announced
        shipped
        received
      }
    }
    item(sku: $sku) {
      id
      title
      baseUnit
    }
    fulfillmentNodes {
      id
      key
      name
    }
  }
`);

const START = { asOf: '' };
const EVERY_MS = 5_000;

/** One item at one node: the sum behind its ATP, and the ledger behind the sum. */
export default function PositionPage(): ReactElement {
  const { sku = '', node = '' } = useParams();
  return <PositionOf key={`${sku} ${node}`} sku={sku} node={node} />;
}

function PositionOf({ sku, node }: { sku: string; node: string }): ReactElement {
  const { values, set } = useUrlState(START);
  const asOf = instantOf(values.asOf);
  const read = useRead(POSITION, { sku, node, asOf, now: asOf === null }, asOf === null ? { everyMs: EVERY_MS } : {});
  const nodeName = read.data?.fulfillmentNodes.find(({ key }) => key === node)?.name ?? node;
  return (
    <Page title={`${sku} at ${nodeName}`} aside={<span className="muted">{read.data?.item?.title}</span>}>
      <Trail>
        <Link to="/inventory">Inventory</Link>
        <Link to={itemPath(sku)}>{sku}</Link>
        <span>{nodeName}</span>
      </Trail>
      <Toolbar label="The time to look at">
        <AsOfField value={values.asOf} onChange={(value) => set({ asOf: value })} />
      </Toolbar>
      <Loaded read={read} lines={8}>
        {({ position, item }) =>
          position === null || position === undefined ? (
            <EmptyState
              title={
                asOf === null ? `${node} has never had any of ${sku}` : 'There was no stock of it yet at that time'
              }
            >
              A position comes with its first movement.
            </EmptyState>
          ) : (
            <PositionParts position={position} unit={item?.baseUnit ?? 'each'} stale={read.stale} />
          )
        }
      </Loaded>
    </Page>
  );
}

interface PositionPartsProps {
  readonly position: PositionShown;
  readonly unit: string;
  readonly stale: boolean;
}

function PositionParts({ position, unit, stale }: PositionPartsProps): ReactElement {
  return (
    <div className="stack" aria-busy={stale}>
      {position.asOf !== null && position.asOf !== undefined && (
        <Notice tone="held" icon="clock">
          As the ledger has it until <Instant at={position.asOf} />: what the hub knew then.
        </Notice>
      )}
      <div className="columns">
        <Card title="Available to promise" about={`In ${unit}. The ledger explains each line.`}>
          <SumSteps label="How available-to-promise comes about" steps={atpSteps(position)} />
        </Card>
        <div className="stack">
          <Card title="On-hand by use">
            <div className="stack">
              <StockBar stock={position} />
              <Facts
                entries={[
                  ['Incoming', <Quantity key="incoming" value={position.incoming} />],
                  ['In transit', <Quantity key="transit" value={position.inTransit} />],
                  ['Last counted', <RelativeTime key="counted" at={position.countedAt} none="never" />],
                ]}
              />
            </div>
          </Card>
          {position.expectedSupply !== undefined && position.expectedSupply.length > 0 && (
            <Card title="Announced" flush>
              <DataTable
                caption="What is announced and open"
                columns={SUPPLY_COLUMNS}
                rows={position.expectedSupply}
                keyOf={({ id }) => id}
              />
            </Card>
          )}
          {position.lots.length > 0 && (
            <Card title="Lots" about="First expired first." flush>
              <DataTable caption="Units by lot" columns={LOT_COLUMNS} rows={position.lots} keyOf={({ lot }) => lot} />
            </Card>
          )}
        </div>
      </div>
      <LedgerCard sku={position.sku} node={position.node} asOf={position.asOf ?? null} />
    </div>
  );
}

const SUPPLY_COLUMNS: readonly Column<Supply>[] = [
  {
    key: 'document',
    title: 'Document',
    phone: 'title',
    wrap: true,
    render: ({ kind, source, document, fromNode }) => (
      <>
        {plainWords(kind)} {document} <span className="faint">{fromNode ?? source}</span>
      </>
    ),
  },
  {
    key: 'open',
    title: 'To come',
    align: 'end',
    render: ({ announced, received }) => <Quantity value={announced - received} />,
  },
  { key: 'announced', title: 'Announced', align: 'end', render: ({ announced }) => <Quantity value={announced} /> },
  { key: 'expected', title: 'Expected', render: ({ expectedAt }) => <RelativeTime at={expectedAt} /> },
];

const LOT_COLUMNS: readonly Column<Lot>[] = [
  { key: 'lot', title: 'Lot', phone: 'title', render: ({ lot }) => <code>{lot}</code> },
  { key: 'expires', title: 'Expires', render: ({ expiresOn }) => expiresOn ?? 'never' },
  { key: 'onHand', title: 'On-hand', align: 'end', render: ({ onHand }) => <Quantity value={onHand} /> },
  {
    key: 'reserved',
    title: 'Reserved',
    align: 'end',
    render: ({ reserved }) => <Quantity value={reserved} quietZero />,
  },
  {
    key: 'hold',
    title: 'Quality hold',
    align: 'end',
    render: ({ qualityHold }) => <Quantity value={qualityHold} quietZero />,
  },
];
