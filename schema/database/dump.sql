-- The schema that all migrations together make. Written by `npm run schema:dump`; not meant to be run.

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
