-- When nobody works between opening and closing: [{"from": "12:00", "to": "13:00"}], in order.
alter table business_calendar add column breaks jsonb not null default '[]';
