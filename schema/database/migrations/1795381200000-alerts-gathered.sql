-- Changes of alerts that nobody outside was told of yet: those of one kind are gathered, so that an outage is some calls and not thousands.
create table alert_untold (
  alert_id uuid not null,
  version integer not null,
  channel text not null,
  stage text not null,
  happened text not null check (happened in ('raised', 'breached', 'ended')),
  state text not null check (state in ('WARNING', 'BREACHED', 'ENDED')),
  due_at timestamptz not null,
  changed_at timestamptz not null,
  -- As the change made it.
  alert json not null,
  primary key (alert_id, version)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- When changes of a kind were told last: the next ones wait for their time.
create table alert_told (
  channel text not null,
  stage text not null,
  happened text not null,
  state text not null,
  told_at timestamptz not null,
  primary key (channel, stage, happened, state)
) with (fillfactor = 50);
