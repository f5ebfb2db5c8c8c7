-- Packages that a carrier's system watches: where to look, and when to ask again when nothing is told.
create table tracked_package (
  package_id uuid primary key,
  order_id uuid not null,
  system text not null,
  carrier text not null,
  tracking_number text not null,
  -- Null while it is being asked for.
  tracker_id text,
  began_at timestamptz not null default now(),
  -- Null: nothing more is expected.
  look_at timestamptz
) with (fillfactor = 80);
create index tracked_package_tracker on tracked_package (system, tracker_id) where tracker_id is not null;
create index tracked_package_number on tracked_package (system, tracking_number) where tracker_id is null;
create index tracked_package_look on tracked_package (system, look_at) where look_at is not null;
create index tracked_package_began on tracked_package (began_at);
