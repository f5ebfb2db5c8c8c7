-- What people find orders by, and what lists of orders are narrowed and sorted by. Filled from the event log behind the
-- commit (process-apis/orders/search), and made again from the orders at any time.

-- The numbers that any system has for an order.
create table search_term (
  order_id uuid not null,
  kind text not null,
  -- Lower case, without blanks and a leading `#`.
  term text collate "C" not null,
  -- As its system writes it.
  shown text not null,
  channel text not null,
  primary key (order_id, kind, term)
);
create index search_term_found on search_term (term, order_id desc) include (channel);

-- The buyer's address, as a keyed hash: it goes with the parties.
create table search_email (
  order_id uuid primary key references order_parties (order_id) on delete cascade,
  digest bytea not null,
  channel text not null
);
create index search_email_found on search_email (digest, order_id desc);

create table listed_order (
  order_id uuid primary key,
  channel text not null,
  reference text collate "C" not null,
  status text not null,
  completed boolean not null,
  placed_at timestamptz not null,
  updated_at timestamptz not null,
  -- When its first step is late; a day beyond all calendars where no clock runs.
  due_at timestamptz not null,
  -- What else is true of it: `wait:ERP`, `node:dc-1`, `sku:A-1`, `held`, `exception`.
  facets text[] not null
) with (fillfactor = 80);
create index listed_order_placed on listed_order (placed_at desc, order_id desc);
create index listed_order_updated on listed_order (updated_at desc, order_id desc);
create index listed_order_due on listed_order (due_at, order_id);
create index listed_order_channel_placed on listed_order (channel, placed_at desc, order_id desc);
create index listed_order_reference on listed_order (reference);
create index listed_order_facets on listed_order using gin (facets);

-- Keys of items and listings, whatever their case.
create index item_found on item ((lower(sku)) collate "C");
create index listing_found on listing ((lower(listing_sku)) collate "C");
