import type { ReactElement } from 'react';
import { Link } from 'react-router';
import {
  Card,
  CopyText,
  EmptyState,
  Facts,
  Icon,
  Instant,
  plainWords,
  RelativeTime,
  StatusBadge,
} from '../../ui/index.js';
import { positionPath } from '../shared/paths.js';
import { WORK_TONE } from '../shared/states.js';
import type { PageOrder } from './order.documents.js';
import { TRACKING_TONE, type Parcel } from './where-words.js';

type Work = PageOrder['fulfillmentOrders'][number];
type Shipment = PageOrder['shipments'][number];

/** The work of each node, what left from it, and where the parcels are. */
export function FulfillmentCard({ order }: { order: PageOrder }): ReactElement {
  const { fulfillmentOrders, shipments } = order;
  return (
    <Card title="Fulfillment">
      {fulfillmentOrders.length === 0 ? (
        <EmptyState title="No node works on it yet" icon="clock">
          Units are handed to a node when they are claimed there.
        </EmptyState>
      ) : (
        <ul className="stack">
          {fulfillmentOrders.map((work) => (
            <li key={work.id}>
              <WorkOfNode
                work={work}
                shipments={shipments.filter(({ fulfillmentOrderId }) => fulfillmentOrderId === work.id)}
              />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function WorkOfNode({ work, shipments }: { work: Work; shipments: readonly Shipment[] }): ReactElement {
  const { number, node, status, wmsReference, lines } = work;
  return (
    <section className="order-work" aria-label={`Work ${number} at ${node}`}>
      <div className="row-apart">
        <h3>
          {number}. {node}
        </h3>
        <span className="row">
          {wmsReference ? <CopyText text={wmsReference} what="id of the warehouse" /> : null}
          <StatusBadge status={status} tone={WORK_TONE[status]} />
        </span>
      </div>
      <ul className="small muted">
        {lines.map(({ lineId, sku, quantity, picked, packed, shipped, dropped }) => (
          <li key={lineId}>
            <Link to={positionPath(sku, node)}>{sku}</Link> × {quantity}: {picked} picked, {packed} packed, {shipped}{' '}
            shipped
            {dropped > 0 ? `, ${dropped} will not come` : ''}
          </li>
        ))}
      </ul>
      {shipments.map((shipment) => (
        <ShipmentBox key={shipment.id} shipment={shipment} />
      ))}
    </section>
  );
}

function ShipmentBox({ shipment }: { shipment: Shipment }): ReactElement {
  const { reference, shippedAt, deliveryDocument, goodsIssuedAt, invoice, packages } = shipment;
  return (
    <div className="order-shipment">
      <p>
        <strong>Shipment {reference}</strong> left <RelativeTime at={shippedAt} />
      </p>
      <Facts
        entries={[
          [
            'ERP delivery',
            deliveryDocument ? <CopyText key="erp delivery" text={deliveryDocument} what="delivery document" /> : null,
          ],
          ['Goods issue', goodsIssuedAt ? <Instant key="goods issue" at={goodsIssuedAt} /> : null],
          ['Invoice', invoice ? <CopyText key="invoice" text={invoice} what="invoice" /> : null],
        ]}
      />
      {packages.map((parcel) => (
        <ParcelBox key={parcel.id} parcel={parcel} />
      ))}
    </div>
  );
}

function ParcelBox({ parcel }: { parcel: Parcel }): ReactElement {
  const { carrier, service, trackingNumber, trackingUrl, tracking, deliveredAt, channelConfirmedAt, items, sscc } =
    parcel;
  return (
    <div className="order-parcel">
      <div className="row-apart">
        <span className="row">
          <strong>
            {carrier}
            {service ? ` ${plainWords(service)}` : ''}
          </strong>
          <CopyText text={trackingNumber} what="tracking number" />
          {trackingUrl ? (
            <a href={trackingUrl} target="_blank" rel="noreferrer">
              Follow <Icon name="external" size={12} />
              <span className="visually-hidden"> the parcel at its carrier, in a new tab</span>
            </a>
          ) : null}
        </span>
        {tracking ? (
          <StatusBadge
            status={tracking.status}
            tone={TRACKING_TONE[tracking.status]}
            title={tracking.detail ?? undefined}
          />
        ) : null}
      </div>
      <p className="small muted">
        {items
          .map(
            ({ sku, quantity, serials }) =>
              `${quantity} × ${sku}${serials.length > 0 ? ` (${serials.join(', ')})` : ''}`,
          )
          .join(', ')}
        {sscc ? ` · SSCC ${sscc}` : ''}
        {tracking ? ` · ${plainWords(tracking.detail ?? tracking.status)}` : ''}
      </p>
      <p className="small muted">
        {deliveredAt ? (
          <>
            Delivered <RelativeTime at={deliveredAt} />.{' '}
          </>
        ) : null}
        {channelConfirmedAt ? (
          <>
            The channel knows since <Instant at={channelConfirmedAt} />.
          </>
        ) : (
          'The channel has not taken the confirmation yet.'
        )}
      </p>
    </div>
  );
}
