-- The schema that all migrations together make. Written by `npm run schema:dump`; not meant to be run.

create table channel_account (
  id text not null,
  kind text not null,
  name text not null,
  active boolean default true not null,
  settings jsonb default '{}'::jsonb not null,
  constraint channel_account_pkey PRIMARY KEY (id)
);

create table cross_reference (
  system text not null,
  kind text not null,
  outside_id text not null,
  hub_kind text not null,
  hub_id uuid not null,
  order_id uuid not null,
  constraint cross_reference_pkey PRIMARY KEY (system, kind, outside_id, hub_id)
);

create table cursor (
  name text not null,
  value text not null,
  updated_at timestamp with time zone default now() not null,
  constraint cursor_pkey PRIMARY KEY (name)
);

create table event_log (
  tx xid8 default pg_current_xact_id() not null,
  id bigint generated always as identity not null,
  stream_type text not null,
  stream_id uuid not null,
  stream_version integer not null,
  type text not null,
  schema_version smallint not null,
  scope text not null,
  source text not null,
  fact_id text not null,
  occurred_at timestamp with time zone not null,
  recorded_at timestamp with time zone default now() not null,
  data json storage external not null,
  constraint event_log_pkey PRIMARY KEY (stream_id, stream_version)
);

create table fact (
  id text not null,
  digest text,
  outcome jsonb not null,
  recorded_at timestamp with time zone default now() not null,
  constraint fact_pkey PRIMARY KEY (id)
);

create table item (
  sku text not null,
  title text not null,
  base_unit text default 'each'::text not null,
  active boolean default true not null,
  constraint item_pkey PRIMARY KEY (sku)
);

create table listing (
  channel text not null,
  listing_sku text not null,
  sku text not null,
  listing_keys jsonb default '{}'::jsonb not null,
  constraint listing_pkey PRIMARY KEY (channel, listing_sku),
  constraint listing_channel_fkey FOREIGN KEY (channel) REFERENCES channel_account(id),
  constraint listing_sku_fkey FOREIGN KEY (sku) REFERENCES item(sku)
);

create table message (
  id uuid not null,
  source text not null,
  topic text not null,
  external_id text not null,
  received_at timestamp with time zone default now() not null,
  status text not null,
  reason text,
  detail text,
  pointer text,
  subjects text[] default '{}'::text[] not null,
  body bytea storage external not null,
  constraint message_pkey PRIMARY KEY (id),
  constraint message_source_external_id_key UNIQUE (source, external_id),
  constraint message_status_check CHECK ((status = ANY (ARRAY['COMMITTED'::text, 'IGNORED'::text, 'REFUSED'::text, 'PARKED'::text])))
);

create table movement (
  id bigint generated always as identity not null,
  sku text not null,
  node text not null,
  bucket text not null,
  delta integer not null,
  reason text not null,
  cause_stream uuid not null,
  cause_version integer not null,
  recorded_at timestamp with time zone default now() not null,
  constraint movement_pkey PRIMARY KEY (id),
  constraint movement_delta_check CHECK ((delta <> 0))
);

create table node (
  id text not null,
  name text not null,
  priority integer default 100 not null,
  active boolean default true not null,
  constraint node_pkey PRIMARY KEY (id)
);

create table order_parties (
  order_id uuid not null,
  sealed bytea storage external not null,
  constraint order_parties_pkey PRIMARY KEY (order_id),
  constraint order_parties_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders(id)
);

create table orders (
  id uuid not null,
  version integer not null,
  channel text not null,
  reference text not null,
  status text not null,
  placed_at timestamp with time zone not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  completed boolean default false not null,
  waiting_keys text[] default '{}'::text[] not null,
  state json storage external not null,
  constraint orders_pkey PRIMARY KEY (id),
  constraint orders_channel_reference_key UNIQUE (channel, reference)
) with (fillfactor=70);

create table "position" (
  sku text not null,
  node text not null,
  on_hand integer default 0 not null,
  reserved integer default 0 not null,
  quality_hold integer default 0 not null,
  safety_stock integer default 0 not null,
  incoming integer default 0 not null,
  constraint position_pkey PRIMARY KEY (sku, node),
  constraint never_oversold CHECK ((reserved <= on_hand)),
  constraint position_incoming_check CHECK ((incoming >= 0)),
  constraint position_node_fkey FOREIGN KEY (node) REFERENCES node(id),
  constraint position_on_hand_check CHECK ((on_hand >= 0)),
  constraint position_quality_hold_check CHECK ((quality_hold >= 0)),
  constraint position_reserved_check CHECK ((reserved >= 0)),
  constraint position_safety_stock_check CHECK ((safety_stock >= 0)),
  constraint position_sku_fkey FOREIGN KEY (sku) REFERENCES item(sku)
) with (fillfactor=50);

create table publication (
  channel text not null,
  listing_sku text not null,
  wanted integer not null,
  wanted_since timestamp with time zone default now() not null,
  cause text not null,
  told integer,
  told_at timestamp with time zone,
  refused_reason text,
  constraint publication_pkey PRIMARY KEY (channel, listing_sku),
  constraint publication_channel_listing_sku_fkey FOREIGN KEY (channel, listing_sku) REFERENCES listing(channel, listing_sku) ON DELETE CASCADE
) with (fillfactor=70);

create table schema_migration (
  id integer default nextval('schema_migration_id_seq'::regclass) not null,
  "timestamp" bigint not null,
  name character varying not null,
  constraint "PK_0edff5015b71cc0389ae0f4b9a1" PRIMARY KEY (id)
);

create table schema_migration_checksum (
  id text not null,
  sha256 text not null,
  constraint schema_migration_checksum_pkey PRIMARY KEY (id)
);

CREATE INDEX cross_reference_order ON public.cross_reference USING btree (order_id);

CREATE UNIQUE INDEX event_log_position ON public.event_log USING btree (tx, id);

CREATE INDEX listing_sku ON public.listing USING btree (sku);

CREATE INDEX message_parked ON public.message USING gin (subjects) WHERE (status = 'PARKED'::text);

CREATE INDEX message_refused ON public.message USING btree (received_at) WHERE (status = ANY (ARRAY['REFUSED'::text, 'PARKED'::text]));

CREATE INDEX movement_position ON public.movement USING btree (sku, node);

CREATE INDEX orders_channel_placed ON public.orders USING btree (channel, placed_at DESC, id DESC);

CREATE INDEX orders_open_status ON public.orders USING btree (status) WHERE (NOT completed);

CREATE INDEX orders_placed ON public.orders USING btree (placed_at DESC, id DESC);

CREATE INDEX orders_waiting ON public.orders USING gin (waiting_keys) WHERE (waiting_keys <> '{}'::text[]);

CREATE INDEX publication_due ON public.publication USING btree (channel, wanted_since) WHERE (told IS DISTINCT FROM wanted);
