-- People who signed in with a browser at the embedded issuer. What opens anything is kept as a SHA-256 alone.
create table sign_in_session (
  id uuid primary key,
  subject text not null,
  -- Of the cookie.
  secret_hash bytea not null unique,
  began_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index sign_in_session_subject on sign_in_session (subject) where ended_at is null;
create index sign_in_session_expires on sign_in_session (expires_at);

-- Codes and refresh tokens: each opens once. A second use ends the whole family, which begins with a code.
create table sign_in_grant (
  secret_hash bytea primary key,
  kind text not null check (kind in ('CODE', 'REFRESH')),
  session_id uuid not null references sign_in_session on delete cascade,
  family_id uuid not null,
  client_id text not null,
  -- Of a code: where it was sent, what proves who asked for it, and what goes into the id token.
  redirect_uri text,
  challenge text,
  nonce text,
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint sign_in_grant_of_code check ((kind = 'CODE') = (redirect_uri is not null and challenge is not null))
);
create index sign_in_grant_session on sign_in_grant (session_id);
create index sign_in_grant_family on sign_in_grant (family_id);
create index sign_in_grant_expires on sign_in_grant (expires_at);

-- How often someone tried to sign in, by the SHA-256 of who or from where: counted by all processes together.
create table sign_in_attempt (
  key_hash bytea primary key,
  attempts int not null,
  window_ends_at timestamptz not null
) with (fillfactor = 80);
create index sign_in_attempt_window on sign_in_attempt (window_ends_at);
