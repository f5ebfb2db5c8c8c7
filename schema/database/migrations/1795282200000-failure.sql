-- Failure is a normal input: exceptions, holds, policies of outside calls, replay, audit.

-- The next instant at which a step of the order is late: the sweep of the SLA clocks needs no event to be right.
alter table orders add column next_due_at timestamptz;
create index orders_due on orders (next_due_at) where next_due_at is not null;

-- What a fact said, where no message keeps it: for replay. Free of personal data.
alter table fact
  -- What it is about: the order.
  add column subject_id uuid,
  add column source text,
  add column kind text,
  add column occurred_at timestamptz,
  add column body json;
create index fact_subject on fact (subject_id) where subject_id is not null;
create index fact_kind on fact (kind, source, recorded_at) where kind is not null;

-- DISMISSED: a person decided that it is not taken.
alter table message drop constraint message_status_check;
alter table message add constraint message_status_check
  check (status in ('COMMITTED', 'IGNORED', 'REFUSED', 'PARKED', 'DISMISSED'));
create index message_subject on message using gin (subjects);

-- A business problem that a person (or a rule) must solve. It stands while its problem is found: OPEN, or IGNORED by a person.
create table exception (
  id uuid primary key,
  -- Of its stream in the event log.
  version integer not null default 1,
  key text not null,
  category text not null,
  group_key text not null,
  status text not null default 'OPEN' check (status in ('OPEN', 'IGNORED', 'RESOLVED')),
  severity text not null check (severity in ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')),
  owner text not null,
  sentence text not null,
  subject jsonb not null default '{}',
  order_id uuid,
  -- The channel account whose partner may see it; '*' is for nobody bound to a channel.
  scope text not null default '*',
  raised_at timestamptz not null default now(),
  last_raised_at timestamptz not null default now(),
  raised integer not null default 1,
  due_at timestamptz not null,
  assigned_to text,
  ended_at timestamptz,
  ended_by text,
  -- Why it was ignored, or what was done.
  ended_because text
) with (fillfactor = 80);
create unique index exception_standing on exception (key) where status <> 'RESOLVED';
create index exception_open on exception (severity, due_at, id) where status = 'OPEN';
create index exception_group on exception (category, group_key) where status = 'OPEN';
create index exception_order on exception (order_id) where order_id is not null;
create index exception_standing_order on exception (order_id) where status <> 'RESOLVED';
create index exception_newest on exception (raised_at, id);
create index exception_ended on exception (ended_at) where status = 'RESOLVED';

-- The last failed exchange of a step with an outside system: request and answer, encrypted, shown masked.
create table call_evidence (
  order_id uuid not null,
  wait_key text not null,
  system text not null,
  operation text not null,
  at timestamptz not null,
  status integer,
  sealed bytea storage external not null,
  primary key (order_id, wait_key)
);

-- Orders that a rule stops before anything goes outside.
create table hold_rule (
  id uuid primary key,
  name text not null unique,
  kind text not null,
  channel text references channel_account (id),
  -- Minor units of `currency`: orders whose grand total is at least this.
  total_min bigint check (total_min >= 0),
  currency text,
  country text,
  sku text references item (sku),
  units_min integer check (units_min >= 1),
  reason text not null,
  active boolean not null default true,
  updated_at timestamptz not null default now(),
  check ((total_min is null) = (currency is null)),
  check (num_nonnulls(total_min, country, sku, units_min) >= 1)
);

-- Who did what by hand. Append-only.
create table audit (
  id uuid primary key,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  subject_type text not null,
  subject_id text not null,
  -- What was asked, without personal data.
  input jsonb not null default '{}',
  outcome text not null
);
create index audit_subject on audit (subject_type, subject_id, id desc);

-- What an operator changed of an operation's declared policy; null means as declared. '*' is every operation of the system.
create table operation_policy (
  system text not null,
  operation text not null,
  changes jsonb not null default '{}',
  paused boolean not null default false,
  reason text,
  changed_by text not null,
  changed_at timestamptz not null default now(),
  primary key (system, operation)
);

-- The token buckets that all processes share: one row for each vendor limit.
create table rate_budget (
  name text primary key,
  tokens double precision not null,
  refilled_at timestamptz not null default now(),
  -- As the vendor's headers last said; null means as declared.
  per_second double precision,
  paused_until timestamptz
) with (fillfactor = 50);

-- Circuit breakers as each process sees them; rows of ended processes age out.
create table breaker_state (
  system text not null,
  operation text not null,
  process uuid not null,
  state text not null check (state in ('CLOSED', 'OPEN', 'HALF_OPEN')),
  since timestamptz not null,
  last_error text,
  updated_at timestamptz not null default now(),
  primary key (system, operation, process)
);

-- A replay that was asked for: what, how far it is, what it changed.
create table replay_run (
  id uuid primary key,
  kind text not null check (kind in ('ORDER', 'MESSAGES', 'FACTS', 'DEAD_LETTERS')),
  selection jsonb not null,
  dry_run boolean not null,
  per_second integer not null check (per_second between 1 and 1000),
  status text not null default 'RUNNING' check (status in ('RUNNING', 'DONE', 'STOPPED', 'FAILED')),
  cursor text,
  looked_at integer not null default 0,
  changed integer not null default 0,
  unchanged integer not null default 0,
  refused integer not null default 0,
  error text,
  requested_by text not null,
  started_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  finished_at timestamptz
);

-- What a replay would change, or changed; the first of them.
create table replay_change (
  run_id uuid not null references replay_run (id) on delete cascade,
  subject text not null,
  outcome text not null,
  detail json not null,
  primary key (run_id, subject)
);
