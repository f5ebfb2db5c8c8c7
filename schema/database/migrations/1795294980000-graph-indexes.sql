-- Parts of an order are found by the hub's id alone.
create index cross_reference_hub on cross_reference (hub_id);

-- What someone did, what was done of one kind, the newest first.
create index audit_actor on audit (actor, id desc);
create index audit_action on audit (action, id desc);

-- Messages of a sender, and those that were not just taken, the newest first.
create index message_source on message (source, id desc);
create index message_not_committed on message (status, id desc) where status <> 'COMMITTED';

create index drift_run_newest on drift_run (started_at desc, id desc);

-- Open orders are counted by channel without reading them.
drop index orders_open_status;
create index orders_open_status on orders (status, channel) where not completed;
