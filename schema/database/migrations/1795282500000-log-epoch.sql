-- The numbering of the event log outlives the server: rows that were copied to another server keep their place, and
-- cursors that point at events which were lost are known as such.

-- What an event that is written now is numbered by, and where readers stop. A new epoch adds an offset to both.
create function log_tx() returns xid8 language sql volatile as 'select pg_current_xact_id()';
create function log_horizon() returns xid8 language sql stable as 'select pg_snapshot_xmin(pg_current_snapshot())';
alter table event_log alter column tx set default log_tx();

create table log_epoch (
  -- No event of this epoch has a lower tx.
  first_tx xid8 primary key,
  -- Added to the server's own transaction ids.
  tx_offset bigint not null,
  -- The last event before this epoch. What lies behind it and before `first_tx` was lost.
  follows_tx xid8 not null,
  follows_id bigint not null,
  -- Cluster and timeline: another one means that the rows came here by a restore, a copy or a failover.
  server text not null,
  because text not null check (because in ('INSTALLED', 'RESTORED', 'MOVED')),
  started_at timestamptz not null default now(),
  -- Until then each outside call may have been made before, by what was lost.
  cautious_until timestamptz,
  -- When what the loss left open was asked for anew.
  recovered_at timestamptz
);
