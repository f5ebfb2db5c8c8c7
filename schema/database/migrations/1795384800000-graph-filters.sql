-- Messages of a kind, the newest first: a rare kind is not looked for in all of them.
create index message_topic on message (topic, id desc);

-- Movements for a reason, the newest first. Those of sales are most of a ledger and are met soon on the way back through it: left
-- out, orders do not pay for the index.
create index movement_reason on movement (sku, node, reason, id)
  where reason not in ('RESERVE', 'UNRESERVE', 'SOFT_RESERVE', 'SOFT_RELEASE', 'FIRM', 'SHIP');

-- Orders are listed by who works on their exceptions, too: all are walked over again.
update cursor set value = '00000000-0000-0000-0000-000000000000', updated_at = now() where name = 'search/walk';
