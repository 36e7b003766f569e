-- +goose Up

-- The schema that the SQLite migrations up to the same number make. Numbers are 64 bits wide, flags
-- are 0 or 1, and text is compared byte by byte, as there: so one and the same statement has one
-- and the same answer in both engines. JSON is text too, and keeps its bytes.

-- One row. schema is the number of the last migration, oldest_writer the lowest one whose evbook
-- may still write here.
CREATE TABLE meta (
  one           smallint PRIMARY KEY CHECK (one = 1),
  schema        integer NOT NULL,
  oldest_writer integer NOT NULL,
  reference_key bytea NOT NULL CHECK (length(reference_key) = 32)
);

-- The row numbers of bookings. Those of an event are drawn under its lock, so that their order is
-- the order in which its bookings came.
CREATE SEQUENCE booking_numbers;

-- Times are microseconds since 1970 in UTC. The counters repeat the rule of the pure core: a
-- broken rule or a broken lock fails here instead of overselling. They are in no index, and half
-- of each page is left free, so that a busy row is updated in its place.
CREATE TABLE events (
  id               bigint PRIMARY KEY,
  slug             text COLLATE "C" UNIQUE,
  name             text COLLATE "C" NOT NULL,
  description      text COLLATE "C" NOT NULL,
  venue            text COLLATE "C" NOT NULL,
  capacity         bigint NOT NULL,
  held             bigint NOT NULL,
  confirmed        bigint NOT NULL,
  price            bigint NOT NULL CHECK (price >= 0),
  currency         text COLLATE "C" NOT NULL,
  status           text COLLATE "C" NOT NULL
                   CHECK (status IN ('draft', 'open', 'closed', 'cancelled')),
  zone             text COLLATE "C" NOT NULL,
  starts_at        bigint,
  ends_at          bigint,
  version          bigint NOT NULL,
  created_at       bigint NOT NULL,
  name_folded      text COLLATE "C" NOT NULL DEFAULT '',
  search_folded    text COLLATE "C" NOT NULL DEFAULT '',
  waiting          bigint NOT NULL DEFAULT 0 CHECK (waiting >= 0),
  planned          smallint NOT NULL DEFAULT 0 CHECK (planned IN (0, 1)),
  sales_open       bigint,
  sales_close      bigint,
  max_per_booking  bigint NOT NULL DEFAULT 0 CHECK (max_per_booking >= 0),
  max_per_customer bigint NOT NULL DEFAULT 0 CHECK (max_per_customer >= 0),
  code_required    smallint NOT NULL DEFAULT 0 CHECK (code_required IN (0, 1)),
  waitlist         text COLLATE "C" NOT NULL DEFAULT 'strict'
                   CHECK (waitlist IN ('strict', 'skip')),
  offer_ttl        bigint NOT NULL DEFAULT 14400 CHECK (offer_ttl > 0),
  CHECK (held >= 0 AND confirmed >= 0 AND held + confirmed <= capacity)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);

-- The row number is the booking's reference through a keyed permutation: no index for references.
-- A hold without a deadline would keep its seats for ever.
CREATE TABLE bookings (
  id            bigint PRIMARY KEY,
  event_id      bigint NOT NULL REFERENCES events (id),
  quantity      bigint NOT NULL CHECK (quantity > 0),
  status        text COLLATE "C" NOT NULL CHECK (status IN ('confirmed', 'held', 'cancelled',
                'released', 'expired', 'waiting', 'left')),
  unit_price    bigint NOT NULL CHECK (unit_price >= 0),
  currency      text COLLATE "C" NOT NULL,
  email         text COLLATE "C" NOT NULL,
  name          text COLLATE "C" NOT NULL,
  note          text COLLATE "C" NOT NULL,
  cancel_reason text COLLATE "C" NOT NULL,
  created_at    bigint NOT NULL,
  updated_at    bigint NOT NULL,
  email_folded  text COLLATE "C" NOT NULL DEFAULT '',
  name_folded   text COLLATE "C" NOT NULL DEFAULT '',
  expires_at    bigint CHECK (expires_at IS NOT NULL
                OR status <> 'held' AND status <> 'released' AND status <> 'expired'),
  extensions    bigint NOT NULL DEFAULT 0 CHECK (extensions >= 0),
  lines         text COLLATE "C",
  code          text COLLATE "C",
  offered_at    bigint,
  issue         bigint NOT NULL DEFAULT 0,
  limited       smallint NOT NULL DEFAULT 0 CHECK (limited IN (0, 1))
);

-- All but the first over few rows: a booking that is confirmed at once pays for none of them.
CREATE INDEX bookings_event ON bookings (event_id);
CREATE INDEX bookings_holds ON bookings (event_id, expires_at) WHERE status = 'held';
CREATE INDEX bookings_waiting ON bookings (event_id) WHERE status = 'waiting';
CREATE INDEX bookings_limited ON bookings (event_id, email_folded) WHERE limited = 1;

-- Numbers count within the event. The counters are as those of events, and guard alike.
CREATE TABLE pools (
  event_id  bigint NOT NULL REFERENCES events (id),
  id        bigint NOT NULL,
  name      text COLLATE "C" NOT NULL,
  capacity  bigint NOT NULL,
  held      bigint NOT NULL,
  confirmed bigint NOT NULL,
  waiting   bigint NOT NULL CHECK (waiting >= 0),
  PRIMARY KEY (event_id, id),
  CHECK (held >= 0 AND confirmed >= 0 AND held + confirmed <= capacity)
);

CREATE TABLE ticket_types (
  event_id        bigint NOT NULL REFERENCES events (id),
  id              bigint NOT NULL,
  name            text COLLATE "C" NOT NULL,
  price           bigint NOT NULL CHECK (price >= 0),
  pool_id         bigint,
  sales_open      bigint,
  sales_close     bigint,
  min_per_booking bigint NOT NULL CHECK (min_per_booking >= 0),
  max_per_booking bigint NOT NULL CHECK (max_per_booking >= 0),
  code_required   smallint NOT NULL CHECK (code_required IN (0, 1)),
  closed          smallint NOT NULL CHECK (closed IN (0, 1)),
  held            bigint NOT NULL CHECK (held >= 0),
  confirmed       bigint NOT NULL CHECK (confirmed >= 0),
  waiting         bigint NOT NULL CHECK (waiting >= 0),
  PRIMARY KEY (event_id, id),
  FOREIGN KEY (event_id, pool_id) REFERENCES pools (event_id, id)
);

-- types are the numbers of ticket types as JSON, NULL for all.
CREATE TABLE codes (
  event_id    bigint NOT NULL REFERENCES events (id),
  code        text COLLATE "C" NOT NULL,
  uses        bigint NOT NULL,
  types       text COLLATE "C",
  valid_until bigint,
  disabled    smallint NOT NULL CHECK (disabled IN (0, 1)),
  created_at  bigint NOT NULL,
  held        bigint NOT NULL,
  confirmed   bigint NOT NULL,
  PRIMARY KEY (event_id, code),
  CHECK (held >= 0 AND confirmed >= 0 AND held + confirmed <= uses)
);

-- No foreign key to events: the record of a deleted event stays. None to bookings, which are never
-- deleted: the server would look up, and lock, each row that the same group has just written, and
-- spend a tenth of its time on that. `verify` looks instead. The primary key is the second guard
-- against a lost update: two writers that saw the same version cannot both commit.
CREATE TABLE journal (
  event_id   bigint NOT NULL,
  event_seq  bigint NOT NULL,
  at         bigint NOT NULL,
  actor      text COLLATE "C" NOT NULL,
  kind       text COLLATE "C" NOT NULL,
  booking_id bigint,
  capacity   bigint NOT NULL,
  held       bigint NOT NULL,
  confirmed  bigint NOT NULL,
  detail     text COLLATE "C" NOT NULL,
  waiting    bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (event_id, event_seq)
);

-- Row numbers grow with time, so that the oldest keys are found without an index on time.
CREATE TABLE idempotency_keys (
  id          bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  scope       text COLLATE "C" NOT NULL,
  key         text COLLATE "C" NOT NULL,
  fingerprint bytea NOT NULL CHECK (length(fingerprint) = 32),
  at          bigint NOT NULL,
  booking_id  bigint REFERENCES bookings (id),
  event_id    bigint,
  answer      text COLLATE "C" NOT NULL,
  UNIQUE (scope, key)
) WITH (autovacuum_vacuum_scale_factor = 0.02);

-- One row for each committed group, kept for an hour: tells after an error at COMMIT whether the
-- group is in. The id is a UUIDv7, so that its order is the order of time. void rows were put in the
-- place of a group's by those who looked for it in vain, so that it cannot be committed any more.
CREATE TABLE markers (
  id   bytea PRIMARY KEY CHECK (length(id) = 16),
  void smallint NOT NULL DEFAULT 0 CHECK (void IN (0, 1))
) WITH (autovacuum_vacuum_scale_factor = 0.02);

-- A row stays for good: that there ever was one is what makes a server ask everybody who they are.
-- Of a secret only the SHA-256 is kept; former is that of the one before. bound says that a token
-- is for the events in token_events alone, even when these are gone.
CREATE TABLE tokens (
  id           bigint PRIMARY KEY,
  name         text COLLATE "C" NOT NULL,
  role         text COLLATE "C" NOT NULL CHECK (role IN ('organiser', 'door')),
  bound        smallint NOT NULL CHECK (bound IN (0, 1)),
  hash         bytea NOT NULL CHECK (length(hash) = 32),
  former       bytea CHECK (length(former) = 32),
  former_until bigint CHECK ((former IS NULL) = (former_until IS NULL)),
  created_at   bigint NOT NULL,
  expires_at   bigint,
  revoked_at   bigint,
  last_used_at bigint
);

CREATE TABLE token_events (
  token_id bigint NOT NULL REFERENCES tokens (id),
  event_id bigint NOT NULL REFERENCES events (id) ON DELETE CASCADE,
  PRIMARY KEY (token_id, event_id)
);
