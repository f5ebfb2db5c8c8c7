-- The schema that all migrations together make. Written by `npm run schema:dump`; not meant to be run.

CREATE OR REPLACE FUNCTION public.log_horizon()
 RETURNS xid8
 LANGUAGE sql
 STABLE
AS $function$select pg_snapshot_xmin(pg_current_snapshot())$function$
;

CREATE OR REPLACE FUNCTION public.log_tx()
 RETURNS xid8
 LANGUAGE sql
AS $function$select pg_current_xact_id()$function$
;

create table alert (
  id uuid not null,
  version integer not null,
  state text not null,
  order_id uuid not null,
  reference text not null,
  channel text not null,
  stage text not null,
  wait_key text not null,
  since timestamp with time zone not null,
  raised_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  breached_at timestamp with time zone,
  ended_at timestamp with time zone,
  constraint alert_pkey PRIMARY KEY (id),
  constraint alert_state_check CHECK ((state = ANY (ARRAY['WARNING'::text, 'BREACHED'::text, 'ENDED'::text])))
);

create table alert_told (
  channel text not null,
  stage text not null,
  happened text not null,
  state text not null,
  told_at timestamp with time zone not null,
  constraint alert_told_pkey PRIMARY KEY (channel, stage, happened, state)
) with (fillfactor=50);

create table alert_untold (
  alert_id uuid not null,
  version integer not null,
  channel text not null,
  stage text not null,
  happened text not null,
  state text not null,
  due_at timestamp with time zone not null,
  changed_at timestamp with time zone not null,
  alert json not null,
  constraint alert_untold_pkey PRIMARY KEY (alert_id, version),
  constraint alert_untold_happened_check CHECK ((happened = ANY (ARRAY['raised'::text, 'breached'::text, 'ended'::text]))),
  constraint alert_untold_state_check CHECK ((state = ANY (ARRAY['WARNING'::text, 'BREACHED'::text, 'ENDED'::text])))
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=1000);

create table allocation_rule (
  id uuid not null,
  name text not null,
  channel text not null,
  sku text,
  category text,
  brand text,
  kind text not null,
  percent integer,
  units integer,
  mode text not null,
  idle_minutes integer,
  starts_at timestamp with time zone,
  ends_at timestamp with time zone,
  updated_at timestamp with time zone default now() not null,
  constraint allocation_rule_pkey PRIMARY KEY (id),
  constraint allocation_rule_channel_fkey FOREIGN KEY (channel) REFERENCES channel_account(id),
  constraint allocation_rule_check CHECK ((num_nonnulls(sku, category, brand) <= 1)),
  constraint allocation_rule_check1 CHECK ((((kind = 'SHARE'::text) = (percent IS NOT NULL)) AND ((kind = 'SHARE'::text) = (units IS NULL)))),
  constraint allocation_rule_check2 CHECK (((mode = 'BORROWABLE'::text) = (idle_minutes IS NOT NULL))),
  constraint allocation_rule_check3 CHECK (((mode <> 'EXPIRING'::text) OR (ends_at IS NOT NULL))),
  constraint allocation_rule_idle_minutes_check CHECK (((idle_minutes >= 1) AND (idle_minutes <= 525600))),
  constraint allocation_rule_kind_check CHECK ((kind = ANY (ARRAY['SHARE'::text, 'CAP'::text, 'BUFFER'::text, 'EXCLUSIVE'::text]))),
  constraint allocation_rule_mode_check CHECK ((mode = ANY (ARRAY['HARD'::text, 'BORROWABLE'::text, 'EXPIRING'::text]))),
  constraint allocation_rule_percent_check CHECK (((percent >= 0) AND (percent <= 100))),
  constraint allocation_rule_sku_fkey FOREIGN KEY (sku) REFERENCES item(sku),
  constraint allocation_rule_units_check CHECK ((units >= 0))
);

create table audit (
  id uuid not null,
  at timestamp with time zone default now() not null,
  actor text not null,
  action text not null,
  subject_type text not null,
  subject_id text not null,
  input jsonb default '{}'::jsonb not null,
  outcome text not null,
  constraint audit_pkey PRIMARY KEY (id)
);

create table breaker_state (
  system text not null,
  operation text not null,
  process uuid not null,
  state text not null,
  since timestamp with time zone not null,
  last_error text,
  updated_at timestamp with time zone default now() not null,
  constraint breaker_state_pkey PRIMARY KEY (system, operation, process),
  constraint breaker_state_state_check CHECK ((state = ANY (ARRAY['CLOSED'::text, 'OPEN'::text, 'HALF_OPEN'::text])))
);

create table bucket_owner (
  node text not null,
  bucket text not null,
  source text not null,
  lag_seconds integer default 0 not null,
  constraint bucket_owner_pkey PRIMARY KEY (node, bucket, source),
  constraint bucket_owner_lag_seconds_check CHECK (((lag_seconds >= 0) AND (lag_seconds <= 604800)))
);

create table business_calendar (
  id text not null,
  time_zone text not null,
  working_days smallint[] not null,
  opens_at text not null,
  closes_at text not null,
  holidays text[] default '{}'::text[] not null,
  updated_at timestamp with time zone default now() not null,
  breaks jsonb default '[]'::jsonb not null,
  constraint business_calendar_pkey PRIMARY KEY (id),
  constraint business_calendar_check CHECK (((closes_at ~ '^(([01]\d|2[0-3]):[0-5]\d|24:00)$'::text) AND (closes_at > opens_at))),
  constraint business_calendar_opens_at_check CHECK ((opens_at ~ '^([01]\d|2[0-3]):[0-5]\d$'::text)),
  constraint business_calendar_working_days_check CHECK (((cardinality(working_days) >= 1) AND (cardinality(working_days) <= 7)))
);

create table call_evidence (
  order_id uuid not null,
  wait_key text not null,
  system text not null,
  operation text not null,
  at timestamp with time zone not null,
  status integer,
  sealed bytea storage external not null,
  constraint call_evidence_pkey PRIMARY KEY (order_id, wait_key)
);

create table channel_account (
  id text not null,
  kind text not null,
  name text not null,
  active boolean default true not null,
  settings jsonb default '{}'::jsonb not null,
  constraint channel_account_pkey PRIMARY KEY (id)
);

create table channel_demand (
  sku text not null,
  channel text not null,
  reserved integer default 0 not null,
  waiting bigint default 0 not null,
  claimed_at timestamp with time zone,
  constraint channel_demand_pkey PRIMARY KEY (sku, channel),
  constraint channel_demand_sku_fkey FOREIGN KEY (sku) REFERENCES item(sku)
) with (fillfactor=70);

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

create table drift (
  run_id uuid not null,
  key text not null,
  ours integer not null,
  theirs integer,
  explanation text not null,
  detail text not null,
  healing text not null,
  constraint drift_pkey PRIMARY KEY (run_id, key),
  constraint drift_explanation_check CHECK ((explanation = ANY (ARRAY['IN_FLIGHT'::text, 'MISSED_EVENT'::text, 'CHANGED_OUTSIDE'::text, 'UNKNOWN'::text]))),
  constraint drift_healing_check CHECK ((healing = ANY (ARRAY['NONE'::text, 'TOLD_AGAIN'::text, 'COUNT_TAKEN'::text, 'SNAPSHOT_ASKED'::text, 'EXCEPTION'::text]))),
  constraint drift_run_id_fkey FOREIGN KEY (run_id) REFERENCES drift_run(id) ON DELETE CASCADE
);

create table drift_run (
  id uuid not null,
  system text not null,
  subject text not null,
  trigger text not null,
  started_at timestamp with time zone default now() not null,
  finished_at timestamp with time zone,
  compared integer default 0 not null,
  equal integer default 0 not null,
  units_compared bigint default 0 not null,
  units_off bigint default 0 not null,
  error text,
  constraint drift_run_pkey PRIMARY KEY (id),
  constraint drift_run_system_check CHECK ((system = ANY (ARRAY['WMS'::text, 'ERP'::text, 'CHANNEL'::text]))),
  constraint drift_run_trigger_check CHECK ((trigger = ANY (ARRAY['SCHEDULE'::text, 'DEMAND'::text, 'GAP'::text])))
);

create table event_log (
  tx xid8 default log_tx() not null,
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

create table exception (
  id uuid not null,
  version integer default 1 not null,
  key text not null,
  category text not null,
  group_key text not null,
  status text default 'OPEN'::text not null,
  severity text not null,
  owner text not null,
  sentence text not null,
  subject jsonb default '{}'::jsonb not null,
  order_id uuid,
  scope text default '*'::text not null,
  raised_at timestamp with time zone default now() not null,
  last_raised_at timestamp with time zone default now() not null,
  raised integer default 1 not null,
  due_at timestamp with time zone not null,
  assigned_to text,
  ended_at timestamp with time zone,
  ended_by text,
  ended_because text,
  constraint exception_pkey PRIMARY KEY (id),
  constraint exception_severity_check CHECK ((severity = ANY (ARRAY['LOW'::text, 'MEDIUM'::text, 'HIGH'::text, 'CRITICAL'::text]))),
  constraint exception_status_check CHECK ((status = ANY (ARRAY['OPEN'::text, 'IGNORED'::text, 'RESOLVED'::text])))
) with (fillfactor=80);

create table expected_supply (
  id text not null,
  kind text not null,
  source text not null,
  document text not null,
  sku text not null,
  node text not null,
  from_node text,
  expected_at timestamp with time zone not null,
  announced integer not null,
  shipped integer default 0 not null,
  received integer default 0 not null,
  open boolean default true not null,
  updated_at timestamp with time zone default now() not null,
  constraint expected_supply_pkey PRIMARY KEY (id),
  constraint expected_supply_announced_check CHECK ((announced >= 0)),
  constraint expected_supply_from_node_fkey FOREIGN KEY (from_node) REFERENCES node(id),
  constraint expected_supply_kind_check CHECK ((kind = ANY (ARRAY['ASN'::text, 'PURCHASE_ORDER'::text, 'TRANSFER'::text]))),
  constraint expected_supply_node_fkey FOREIGN KEY (node) REFERENCES node(id),
  constraint expected_supply_received_check CHECK ((received >= 0)),
  constraint expected_supply_shipped_check CHECK ((shipped >= 0)),
  constraint expected_supply_sku_fkey FOREIGN KEY (sku) REFERENCES item(sku)
);

create table fact (
  id text not null,
  digest text,
  outcome jsonb not null,
  recorded_at timestamp with time zone default now() not null,
  subject_id uuid,
  source text,
  kind text,
  occurred_at timestamp with time zone,
  body json,
  constraint fact_pkey PRIMARY KEY (id)
);

create table hold_rule (
  id uuid not null,
  name text not null,
  kind text not null,
  channel text,
  total_min bigint,
  currency text,
  country text,
  sku text,
  units_min integer,
  reason text not null,
  active boolean default true not null,
  updated_at timestamp with time zone default now() not null,
  constraint hold_rule_pkey PRIMARY KEY (id),
  constraint hold_rule_channel_fkey FOREIGN KEY (channel) REFERENCES channel_account(id),
  constraint hold_rule_check CHECK (((total_min IS NULL) = (currency IS NULL))),
  constraint hold_rule_check1 CHECK ((num_nonnulls(total_min, country, sku, units_min) >= 1)),
  constraint hold_rule_name_key UNIQUE (name),
  constraint hold_rule_sku_fkey FOREIGN KEY (sku) REFERENCES item(sku),
  constraint hold_rule_total_min_check CHECK ((total_min >= 0)),
  constraint hold_rule_units_min_check CHECK ((units_min >= 1))
);

create table item (
  sku text not null,
  title text not null,
  base_unit text default 'each'::text not null,
  active boolean default true not null,
  category text,
  brand text,
  tracking text default 'NONE'::text not null,
  release_at timestamp with time zone,
  constraint item_pkey PRIMARY KEY (sku),
  constraint item_tracking_check CHECK ((tracking = ANY (ARRAY['NONE'::text, 'LOT'::text, 'SERIAL'::text])))
);

create table item_substitute (
  sku text not null,
  channel text default '*'::text not null,
  substitute text not null,
  rank integer default 1 not null,
  constraint item_substitute_pkey PRIMARY KEY (sku, channel, substitute),
  constraint item_substitute_check CHECK ((sku <> substitute)),
  constraint item_substitute_sku_fkey FOREIGN KEY (sku) REFERENCES item(sku),
  constraint item_substitute_substitute_fkey FOREIGN KEY (substitute) REFERENCES item(sku)
);

create table item_unit (
  sku text not null,
  unit text not null,
  factor integer not null,
  constraint item_unit_pkey PRIMARY KEY (sku, unit),
  constraint item_unit_factor_check CHECK (((factor >= 1) AND (factor <= 1000000))),
  constraint item_unit_sku_fkey FOREIGN KEY (sku) REFERENCES item(sku)
);

create table kit_component (
  kit text not null,
  component text not null,
  quantity integer not null,
  constraint kit_component_pkey PRIMARY KEY (kit, component),
  constraint kit_component_check CHECK ((kit <> component)),
  constraint kit_component_component_fkey FOREIGN KEY (component) REFERENCES item(sku),
  constraint kit_component_kit_fkey FOREIGN KEY (kit) REFERENCES item(sku),
  constraint kit_component_quantity_check CHECK (((quantity >= 1) AND (quantity <= 1000000)))
);

create table kpi_day (
  kpi text not null,
  day date not null,
  channel text not null,
  node text not null,
  stage text not null,
  count bigint not null,
  sum_ms bigint not null,
  max_ms bigint not null,
  numerator bigint not null,
  denominator bigint not null,
  buckets json default '{}'::json not null,
  revision bigint not null,
  constraint kpi_day_pkey PRIMARY KEY (kpi, day, channel, node, stage)
) with (fillfactor=70);

create table kpi_state (
  one boolean default true not null,
  revision bigint not null,
  constraint kpi_state_pkey PRIMARY KEY (one),
  constraint kpi_state_one_check CHECK (one)
);

create table lease (
  name text not null,
  holder uuid not null,
  until timestamp with time zone not null,
  constraint lease_pkey PRIMARY KEY (name)
);

create table listed_order (
  order_id uuid not null,
  channel text not null,
  reference text collate "C" not null,
  status text not null,
  completed boolean not null,
  placed_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  facets text[] not null,
  constraint listed_order_pkey PRIMARY KEY (order_id)
) with (fillfactor=80);

create table listing (
  channel text not null,
  listing_sku text not null,
  sku text not null,
  listing_keys jsonb default '{}'::jsonb not null,
  unit text,
  constraint listing_pkey PRIMARY KEY (channel, listing_sku),
  constraint listing_channel_fkey FOREIGN KEY (channel) REFERENCES channel_account(id),
  constraint listing_sku_fkey FOREIGN KEY (sku) REFERENCES item(sku)
);

create table log_epoch (
  first_tx xid8 not null,
  tx_offset bigint not null,
  follows_tx xid8 not null,
  follows_id bigint not null,
  server text not null,
  because text not null,
  started_at timestamp with time zone default now() not null,
  cautious_until timestamp with time zone,
  recovered_at timestamp with time zone,
  constraint log_epoch_pkey PRIMARY KEY (first_tx),
  constraint log_epoch_because_check CHECK ((because = ANY (ARRAY['INSTALLED'::text, 'RESTORED'::text, 'MOVED'::text])))
);

create table lot (
  sku text not null,
  node text not null,
  lot text not null,
  expires_on date,
  on_hand integer not null,
  reserved integer not null,
  quality_hold integer default 0 not null,
  constraint lot_pkey PRIMARY KEY (sku, node, lot),
  constraint lot_on_hand_check CHECK ((on_hand >= 0)),
  constraint lot_quality_hold_check CHECK ((quality_hold >= 0)),
  constraint lot_reserved_check CHECK ((reserved >= 0)),
  constraint lot_sku_node_fkey FOREIGN KEY (sku, node) REFERENCES "position"(sku, node)
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
  constraint message_status_check CHECK ((status = ANY (ARRAY['COMMITTED'::text, 'IGNORED'::text, 'REFUSED'::text, 'PARKED'::text, 'DISMISSED'::text])))
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
  lot text,
  occurred_at timestamp with time zone not null,
  constraint movement_pkey PRIMARY KEY (id),
  constraint movement_delta_check CHECK ((delta <> 0))
);

create table node (
  id text not null,
  name text not null,
  priority integer default 100 not null,
  active boolean default true not null,
  kind text default 'DC'::text not null,
  country text,
  latitude double precision,
  longitude double precision,
  time_zone text default 'UTC'::text not null,
  cut_off text,
  working_days smallint[] default '{1,2,3,4,5,6,7}'::smallint[] not null,
  units_per_day integer,
  shipping_cost_minor integer,
  ships_from_store boolean default false not null,
  click_and_collect boolean default false not null,
  constraint node_pkey PRIMARY KEY (id),
  constraint node_kind_check CHECK ((kind = ANY (ARRAY['DC'::text, 'STORE'::text, 'THIRD_PARTY'::text, 'DROP_SHIPPER'::text]))),
  constraint node_shipping_cost_minor_check CHECK ((shipping_cost_minor >= 0)),
  constraint node_units_per_day_check CHECK ((units_per_day >= 0))
);

create table node_load (
  node text not null,
  day date not null,
  units integer not null,
  constraint node_load_pkey PRIMARY KEY (node, day),
  constraint node_load_node_fkey FOREIGN KEY (node) REFERENCES node(id),
  constraint node_load_units_check CHECK ((units >= 0))
);

create table operation_policy (
  system text not null,
  operation text not null,
  changes jsonb default '{}'::jsonb not null,
  paused boolean default false not null,
  reason text,
  changed_by text not null,
  changed_at timestamp with time zone default now() not null,
  constraint operation_policy_pkey PRIMARY KEY (system, operation)
);

create table order_flow (
  channel text not null,
  stage text not null,
  jam text not null,
  orders bigint not null,
  overdue bigint not null,
  last_at timestamp with time zone,
  constraint order_flow_pkey PRIMARY KEY (channel, stage, jam)
) with (fillfactor=50);

create table order_flow_rate (
  at timestamp with time zone not null,
  channel text not null,
  stage text not null,
  entered integer not null,
  departed integer not null,
  constraint order_flow_rate_pkey PRIMARY KEY (at, channel, stage)
) with (fillfactor=70);

create table order_parties (
  order_id uuid not null,
  sealed bytea storage external not null,
  constraint order_parties_pkey PRIMARY KEY (order_id),
  constraint order_parties_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders(id)
);

create table order_progress (
  order_id uuid not null,
  channel text not null,
  version integer not null,
  accepted_at timestamp with time zone not null,
  stage text,
  stage_since timestamp with time zone,
  reserved_at timestamp with time zone,
  erp_at timestamp with time zone,
  warehouse_at timestamp with time zone,
  shipped_at timestamp with time zone,
  confirmed_at timestamp with time zone,
  completed_at timestamp with time zone,
  overdue boolean default false not null,
  jam text,
  jam_since timestamp with time zone,
  short boolean default false not null,
  cancelled boolean default false not null,
  state json storage external,
  constraint order_progress_pkey PRIMARY KEY (order_id)
) with (fillfactor=70);

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
  tier smallint default 100 not null,
  next_due_at timestamp with time zone,
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
  threshold integer default 0 not null,
  in_transit integer default 0 not null,
  missing integer default 0 not null,
  earmarked integer default 0 not null,
  counted_at timestamp with time zone,
  constraint position_pkey PRIMARY KEY (sku, node),
  constraint earmarked_is_free CHECK (((earmarked = 0) OR ((earmarked + reserved) <= on_hand))),
  constraint missing_is_claimed CHECK ((missing <= reserved)),
  constraint never_oversold CHECK ((reserved <= on_hand)),
  constraint position_earmarked_check CHECK ((earmarked >= 0)),
  constraint position_in_transit_check CHECK ((in_transit >= 0)),
  constraint position_incoming_check CHECK ((incoming >= 0)),
  constraint position_missing_check CHECK ((missing >= 0)),
  constraint position_node_fkey FOREIGN KEY (node) REFERENCES node(id),
  constraint position_on_hand_check CHECK ((on_hand >= 0)),
  constraint position_quality_hold_check CHECK ((quality_hold >= 0)),
  constraint position_reserved_check CHECK ((reserved >= 0)),
  constraint position_safety_stock_check CHECK ((safety_stock >= 0)),
  constraint position_sku_fkey FOREIGN KEY (sku) REFERENCES item(sku),
  constraint position_threshold_check CHECK ((threshold >= 0))
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
  review_at timestamp with time zone,
  told_cause text,
  submission text,
  submitted integer,
  submitted_at timestamp with time zone,
  retry_at timestamp with time zone,
  failures integer default 0 not null,
  constraint publication_pkey PRIMARY KEY (channel, listing_sku),
  constraint publication_channel_listing_sku_fkey FOREIGN KEY (channel, listing_sku) REFERENCES listing(channel, listing_sku) ON DELETE CASCADE
) with (fillfactor=70);

create table rate_budget (
  name text not null,
  tokens double precision not null,
  refilled_at timestamp with time zone default now() not null,
  per_second double precision,
  paused_until timestamp with time zone,
  constraint rate_budget_pkey PRIMARY KEY (name)
) with (fillfactor=50);

create table replay_change (
  run_id uuid not null,
  subject text not null,
  outcome text not null,
  detail json not null,
  constraint replay_change_pkey PRIMARY KEY (run_id, subject),
  constraint replay_change_run_id_fkey FOREIGN KEY (run_id) REFERENCES replay_run(id) ON DELETE CASCADE
);

create table replay_run (
  id uuid not null,
  kind text not null,
  selection jsonb not null,
  dry_run boolean not null,
  per_second integer not null,
  status text default 'RUNNING'::text not null,
  cursor text,
  looked_at integer default 0 not null,
  changed integer default 0 not null,
  unchanged integer default 0 not null,
  refused integer default 0 not null,
  error text,
  requested_by text not null,
  started_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  finished_at timestamp with time zone,
  constraint replay_run_pkey PRIMARY KEY (id),
  constraint replay_run_kind_check CHECK ((kind = ANY (ARRAY['ORDER'::text, 'MESSAGES'::text, 'FACTS'::text, 'DEAD_LETTERS'::text]))),
  constraint replay_run_per_second_check CHECK (((per_second >= 1) AND (per_second <= 1000))),
  constraint replay_run_status_check CHECK ((status = ANY (ARRAY['RUNNING'::text, 'DONE'::text, 'STOPPED'::text, 'FAILED'::text])))
);

create table rule_use (
  rule_id uuid not null,
  sku text not null,
  used integer not null,
  constraint rule_use_pkey PRIMARY KEY (rule_id, sku),
  constraint rule_use_rule_id_fkey FOREIGN KEY (rule_id) REFERENCES allocation_rule(id) ON DELETE CASCADE,
  constraint rule_use_sku_fkey FOREIGN KEY (sku) REFERENCES item(sku),
  constraint rule_use_used_check CHECK ((used >= 0))
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

create table search_email (
  order_id uuid not null,
  digest bytea not null,
  channel text not null,
  constraint search_email_pkey PRIMARY KEY (order_id),
  constraint search_email_order_id_fkey FOREIGN KEY (order_id) REFERENCES order_parties(order_id) ON DELETE CASCADE
);

create table search_term (
  order_id uuid not null,
  kind text not null,
  term text collate "C" not null,
  shown text not null,
  channel text not null,
  constraint search_term_pkey PRIMARY KEY (order_id, kind, term)
);

create table sign_in_attempt (
  key_hash bytea not null,
  attempts integer not null,
  window_ends_at timestamp with time zone not null,
  constraint sign_in_attempt_pkey PRIMARY KEY (key_hash)
) with (fillfactor=80);

create table sign_in_grant (
  secret_hash bytea not null,
  kind text not null,
  session_id uuid not null,
  family_id uuid not null,
  client_id text not null,
  redirect_uri text,
  challenge text,
  nonce text,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint sign_in_grant_pkey PRIMARY KEY (secret_hash),
  constraint sign_in_grant_kind_check CHECK ((kind = ANY (ARRAY['CODE'::text, 'REFRESH'::text]))),
  constraint sign_in_grant_of_code CHECK (((kind = 'CODE'::text) = ((redirect_uri IS NOT NULL) AND (challenge IS NOT NULL)))),
  constraint sign_in_grant_session_id_fkey FOREIGN KEY (session_id) REFERENCES sign_in_session(id) ON DELETE CASCADE
);

create table sign_in_session (
  id uuid not null,
  subject text not null,
  secret_hash bytea not null,
  began_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint sign_in_session_pkey PRIMARY KEY (id),
  constraint sign_in_session_secret_hash_key UNIQUE (secret_hash)
);

create table sla_clock (
  channel text not null,
  stage text not null,
  minutes integer not null,
  warn_minutes integer not null,
  calendar text,
  cut_off text,
  updated_at timestamp with time zone default now() not null,
  constraint sla_clock_pkey PRIMARY KEY (channel, stage),
  constraint sla_clock_calendar_fkey FOREIGN KEY (calendar) REFERENCES business_calendar(id),
  constraint sla_clock_check CHECK (((warn_minutes >= 0) AND (warn_minutes < minutes))),
  constraint sla_clock_check1 CHECK (((cut_off IS NULL) OR ((calendar IS NOT NULL) AND (cut_off ~ '^([01]\d|2[0-3]):[0-5]\d$'::text)))),
  constraint sla_clock_minutes_check CHECK (((minutes >= 1) AND (minutes <= 525600)))
);

create table sla_watch (
  order_id uuid not null,
  wait_key text not null,
  channel text not null,
  stage text not null,
  since timestamp with time zone not null,
  warn_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  alert_id uuid,
  next_at timestamp with time zone,
  constraint sla_watch_pkey PRIMARY KEY (order_id, wait_key)
) with (fillfactor=80);

create table soft_reservation (
  id uuid not null,
  channel text not null,
  reference text not null,
  kind text not null,
  status text not null,
  expires_at timestamp with time zone not null,
  digest text not null,
  lines json not null,
  claims json not null,
  order_id uuid,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  constraint soft_reservation_pkey PRIMARY KEY (id),
  constraint soft_reservation_channel_reference_key UNIQUE (channel, reference),
  constraint soft_reservation_kind_check CHECK ((kind = ANY (ARRAY['CART'::text, 'CHECKOUT'::text, 'QUOTE'::text]))),
  constraint soft_reservation_status_check CHECK ((status = ANY (ARRAY['HELD'::text, 'CONVERTED'::text, 'RELEASED'::text, 'EXPIRED'::text])))
);

create table sourcing_policy (
  channel text not null,
  policy jsonb not null,
  updated_at timestamp with time zone default now() not null,
  constraint sourcing_policy_pkey PRIMARY KEY (channel)
);

create table stock_feed (
  source text not null,
  node text not null,
  last_sequence bigint default 0 not null,
  gap_from bigint,
  gap_to bigint,
  gap_noticed_at timestamp with time zone,
  snapshot_wanted_at timestamp with time zone,
  snapshot_asked_at timestamp with time zone,
  snapshot_taken_at timestamp with time zone,
  refused bigint default 0 not null,
  last_refusal text,
  last_refused_at timestamp with time zone,
  constraint stock_feed_pkey PRIMARY KEY (source, node)
);

create table stock_level (
  sku text not null,
  node text not null,
  bucket text not null,
  lot text not null,
  as_of timestamp with time zone not null,
  constraint stock_level_pkey PRIMARY KEY (sku, node, bucket, lot)
);

create table told_quantity (
  id bigint generated always as identity not null,
  channel text not null,
  listing_sku text not null,
  quantity integer not null,
  told_at timestamp with time zone default now() not null,
  cause text not null,
  outcome text not null,
  reason text,
  submission text,
  overwrote integer,
  wanted_since timestamp with time zone,
  constraint told_quantity_pkey PRIMARY KEY (id),
  constraint told_quantity_outcome_check CHECK ((outcome = ANY (ARRAY['ACCEPTED'::text, 'REFUSED'::text, 'FAILED'::text, 'PENDING'::text])))
);

create table tracked_package (
  package_id uuid not null,
  order_id uuid not null,
  system text not null,
  carrier text not null,
  tracking_number text not null,
  tracker_id text,
  began_at timestamp with time zone default now() not null,
  look_at timestamp with time zone,
  constraint tracked_package_pkey PRIMARY KEY (package_id)
) with (fillfactor=80);

CREATE INDEX alert_channel ON public.alert USING btree (channel, id);

CREATE INDEX alert_open ON public.alert USING btree (id) WHERE (state <> 'ENDED'::text);

CREATE INDEX alert_order ON public.alert USING btree (order_id);

CREATE INDEX allocation_rule_sku ON public.allocation_rule USING btree (sku) WHERE (sku IS NOT NULL);

CREATE INDEX audit_action ON public.audit USING btree (action, id DESC);

CREATE INDEX audit_actor ON public.audit USING btree (actor, id DESC);

CREATE INDEX audit_subject ON public.audit USING btree (subject_type, subject_id, id DESC);

CREATE INDEX cross_reference_hub ON public.cross_reference USING btree (hub_id);

CREATE INDEX cross_reference_order ON public.cross_reference USING btree (order_id);

CREATE INDEX drift_run_newest ON public.drift_run USING btree (started_at DESC, id DESC);

CREATE INDEX drift_run_subject ON public.drift_run USING btree (system, subject, started_at DESC);

CREATE UNIQUE INDEX event_log_position ON public.event_log USING btree (tx, id);

CREATE INDEX exception_ended ON public.exception USING btree (ended_at) WHERE (status = 'RESOLVED'::text);

CREATE INDEX exception_group ON public.exception USING btree (category, group_key) WHERE (status = 'OPEN'::text);

CREATE INDEX exception_newest ON public.exception USING btree (raised_at, id);

CREATE INDEX exception_open ON public.exception USING btree (severity, due_at, id) WHERE (status = 'OPEN'::text);

CREATE INDEX exception_order ON public.exception USING btree (order_id) WHERE (order_id IS NOT NULL);

CREATE UNIQUE INDEX exception_standing ON public.exception USING btree (key) WHERE (status <> 'RESOLVED'::text);

CREATE INDEX exception_standing_order ON public.exception USING btree (order_id) WHERE (status <> 'RESOLVED'::text);

CREATE INDEX expected_supply_document ON public.expected_supply USING btree (document, sku);

CREATE INDEX expected_supply_open ON public.expected_supply USING btree (sku, expected_at) WHERE open;

CREATE INDEX fact_kind ON public.fact USING btree (kind, source, recorded_at) WHERE (kind IS NOT NULL);

CREATE INDEX fact_subject ON public.fact USING btree (subject_id) WHERE (subject_id IS NOT NULL);

CREATE INDEX item_brand ON public.item USING btree (brand) WHERE (brand IS NOT NULL);

CREATE INDEX item_category ON public.item USING btree (category) WHERE (category IS NOT NULL);

CREATE INDEX item_found ON public.item USING btree (lower(sku) COLLATE "C");

CREATE INDEX kit_component_component ON public.kit_component USING btree (component);

CREATE INDEX kpi_day_revision ON public.kpi_day USING btree (revision);

CREATE INDEX listed_order_channel_placed ON public.listed_order USING btree (channel, placed_at DESC, order_id DESC);

CREATE INDEX listed_order_due ON public.listed_order USING btree (due_at, order_id);

CREATE INDEX listed_order_facets ON public.listed_order USING gin (facets);

CREATE INDEX listed_order_placed ON public.listed_order USING btree (placed_at DESC, order_id DESC);

CREATE INDEX listed_order_reference ON public.listed_order USING btree (reference);

CREATE INDEX listed_order_updated ON public.listed_order USING btree (updated_at DESC, order_id DESC);

CREATE INDEX listing_found ON public.listing USING btree (lower(listing_sku) COLLATE "C");

CREATE INDEX listing_sku ON public.listing USING btree (sku);

CREATE INDEX lot_expiry ON public.lot USING btree (expires_on) WHERE (on_hand > quality_hold);

CREATE INDEX message_not_committed ON public.message USING btree (status, id DESC) WHERE (status <> 'COMMITTED'::text);

CREATE INDEX message_parked ON public.message USING gin (subjects) WHERE (status = 'PARKED'::text);

CREATE INDEX message_refused ON public.message USING btree (received_at) WHERE (status = ANY (ARRAY['REFUSED'::text, 'PARKED'::text]));

CREATE INDEX message_source ON public.message USING btree (source, id DESC);

CREATE INDEX message_subject ON public.message USING gin (subjects);

CREATE INDEX message_topic ON public.message USING btree (topic, id DESC);

CREATE INDEX movement_earmark ON public.movement USING btree (cause_stream) WHERE (reason = 'EARMARK'::text);

CREATE INDEX movement_moved ON public.movement USING btree (sku, node, occurred_at) WHERE (bucket = ANY (ARRAY['onHand'::text, 'missing'::text, 'qualityHold'::text]));

CREATE INDEX movement_position ON public.movement USING btree (sku, node, id);

CREATE INDEX movement_reason ON public.movement USING btree (sku, node, reason, id) WHERE (reason <> ALL (ARRAY['RESERVE'::text, 'UNRESERVE'::text, 'SOFT_RESERVE'::text, 'SOFT_RELEASE'::text, 'FIRM'::text, 'SHIP'::text]));

CREATE INDEX order_progress_jam ON public.order_progress USING btree (channel, stage, jam, jam_since) WHERE (jam IS NOT NULL);

CREATE INDEX order_progress_stage ON public.order_progress USING btree (channel, stage, stage_since) WHERE (stage IS NOT NULL);

CREATE INDEX orders_channel_placed ON public.orders USING btree (channel, placed_at DESC, id DESC);

CREATE INDEX orders_due ON public.orders USING btree (next_due_at) WHERE (next_due_at IS NOT NULL);

CREATE INDEX orders_open_status ON public.orders USING btree (status, channel) WHERE (NOT completed);

CREATE INDEX orders_placed ON public.orders USING btree (placed_at DESC, id DESC);

CREATE INDEX orders_waiting ON public.orders USING gin (waiting_keys) WHERE (waiting_keys <> '{}'::text[]);

CREATE INDEX publication_due ON public.publication USING btree (channel, wanted_since) WHERE (told IS DISTINCT FROM wanted);

CREATE INDEX publication_review ON public.publication USING btree (review_at) WHERE (review_at IS NOT NULL);

CREATE INDEX publication_submission ON public.publication USING btree (channel, submission) WHERE (submission IS NOT NULL);

CREATE INDEX search_email_found ON public.search_email USING btree (digest, order_id DESC);

CREATE INDEX search_term_found ON public.search_term USING btree (term, order_id DESC) INCLUDE (channel);

CREATE INDEX sign_in_attempt_window ON public.sign_in_attempt USING btree (window_ends_at);

CREATE INDEX sign_in_grant_expires ON public.sign_in_grant USING btree (expires_at);

CREATE INDEX sign_in_grant_family ON public.sign_in_grant USING btree (family_id);

CREATE INDEX sign_in_grant_session ON public.sign_in_grant USING btree (session_id);

CREATE INDEX sign_in_session_expires ON public.sign_in_session USING btree (expires_at);

CREATE INDEX sign_in_session_subject ON public.sign_in_session USING btree (subject) WHERE (ended_at IS NULL);

CREATE INDEX sla_watch_next ON public.sla_watch USING btree (next_at) WHERE (next_at IS NOT NULL);

CREATE INDEX soft_reservation_due ON public.soft_reservation USING btree (expires_at) WHERE (status = 'HELD'::text);

CREATE INDEX stock_feed_wanted ON public.stock_feed USING btree (snapshot_wanted_at) WHERE (snapshot_wanted_at IS NOT NULL);

CREATE INDEX told_quantity_listing ON public.told_quantity USING btree (channel, listing_sku, id DESC);

CREATE INDEX tracked_package_began ON public.tracked_package USING btree (began_at);

CREATE INDEX tracked_package_look ON public.tracked_package USING btree (system, look_at) WHERE (look_at IS NOT NULL);

CREATE INDEX tracked_package_number ON public.tracked_package USING btree (system, tracking_number) WHERE (tracker_id IS NULL);

CREATE INDEX tracked_package_tracker ON public.tracked_package USING btree (system, tracker_id) WHERE (tracker_id IS NOT NULL);
