-- When people work. SLA clocks may run by it.
create table business_calendar (
  id text primary key,
  time_zone text not null,
  -- 1 is Monday.
  working_days smallint[] not null check (cardinality(working_days) between 1 and 7),
  opens_at text not null check (opens_at ~ '^([01]\d|2[0-3]):[0-5]\d$'),
  closes_at text not null check (closes_at ~ '^(([01]\d|2[0-3]):[0-5]\d|24:00)$' and closes_at > opens_at),
  -- YYYY-MM-DD.
  holidays text[] not null default '{}',
  updated_at timestamptz not null default now()
);

-- How long a step may take at a channel, where that is not what the hub takes for granted.
create table sla_clock (
  -- '*' is every channel that has none of its own.
  channel text not null,
  stage text not null,
  minutes integer not null check (minutes between 1 and 525600),
  warn_minutes integer not null check (warn_minutes >= 0 and warn_minutes < minutes),
  -- Without one the clock never stands still.
  calendar text references business_calendar (id),
  cut_off text check (cut_off is null or (calendar is not null and cut_off ~ '^([01]\d|2[0-3]):[0-5]\d$')),
  updated_at timestamptz not null default now(),
  primary key (channel, stage)
);

-- Clocks that run now: what each order waits for and when that is late. Follows the event log.
create table sla_watch (
  order_id uuid not null,
  wait_key text not null,
  channel text not null,
  stage text not null,
  since timestamptz not null,
  warn_at timestamptz not null,
  due_at timestamptz not null,
  alert_id uuid,
  -- When somebody must be told something next; null when all was told.
  next_at timestamptz,
  primary key (order_id, wait_key)
) with (fillfactor = 80);
create index sla_watch_next on sla_watch (next_at) where next_at is not null;

-- What people were told of clocks that ran out, or were about to.
create table alert (
  id uuid primary key,
  version integer not null,
  state text not null check (state in ('WARNING', 'BREACHED', 'ENDED')),
  order_id uuid not null,
  reference text not null,
  channel text not null,
  stage text not null,
  wait_key text not null,
  since timestamptz not null,
  raised_at timestamptz not null,
  due_at timestamptz not null,
  breached_at timestamptz,
  ended_at timestamptz
);
create index alert_open on alert (id) where state <> 'ENDED';
create index alert_channel on alert (channel, id);
create index alert_order on alert (order_id);
