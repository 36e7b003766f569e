-- +goose Up

-- One row. oldest_writer is the lowest schema number whose evbook may still write here.
CREATE TABLE meta (
  one           INTEGER PRIMARY KEY CHECK (one = 1),
  reference_key BLOB NOT NULL CHECK (length(reference_key) = 32),
  oldest_writer INTEGER NOT NULL
) STRICT;

-- Times are microseconds since 1970 in UTC. The counters repeat the rule of the pure core: a
-- broken rule or a broken lock fails here instead of overselling.
CREATE TABLE events (
  id          INTEGER PRIMARY KEY,
  slug        TEXT UNIQUE,
  name        TEXT NOT NULL,
  description TEXT NOT NULL,
  venue       TEXT NOT NULL,
  capacity    INTEGER NOT NULL,
  held        INTEGER NOT NULL,
  confirmed   INTEGER NOT NULL,
  price       INTEGER NOT NULL CHECK (price >= 0),
  currency    TEXT NOT NULL,
  status      TEXT NOT NULL CHECK (status IN ('draft', 'open', 'closed', 'cancelled')),
  zone        TEXT NOT NULL,
  starts_at   INTEGER,
  ends_at     INTEGER,
  version     INTEGER NOT NULL,
  created_at  INTEGER NOT NULL,
  CHECK (held >= 0 AND confirmed >= 0 AND held + confirmed <= capacity)
) STRICT;

-- The row number is the booking's reference through a keyed permutation: no index for references.
CREATE TABLE bookings (
  id            INTEGER PRIMARY KEY,
  event_id      INTEGER NOT NULL REFERENCES events (id),
  quantity      INTEGER NOT NULL CHECK (quantity > 0),
  status        TEXT NOT NULL
                CHECK (status IN ('held', 'confirmed', 'cancelled', 'released', 'expired')),
  unit_price    INTEGER NOT NULL CHECK (unit_price >= 0),
  currency      TEXT NOT NULL,
  email         TEXT NOT NULL,
  name          TEXT NOT NULL,
  note          TEXT NOT NULL,
  cancel_reason TEXT NOT NULL,
  created_at    INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL
) STRICT;

CREATE INDEX bookings_event ON bookings (event_id);

-- No foreign key to events: the record of a deleted event stays. The primary key is the second
-- guard against a lost update: two writers that saw the same version cannot both commit.
CREATE TABLE journal (
  event_id   INTEGER NOT NULL,
  event_seq  INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  actor      TEXT NOT NULL,
  kind       TEXT NOT NULL,
  booking_id INTEGER REFERENCES bookings (id),
  capacity   INTEGER NOT NULL,
  held       INTEGER NOT NULL,
  confirmed  INTEGER NOT NULL,
  detail     TEXT NOT NULL,
  PRIMARY KEY (event_id, event_seq)
) STRICT, WITHOUT ROWID;

-- Row numbers grow with time, so that the oldest keys are found without an index on time.
CREATE TABLE idempotency_keys (
  id          INTEGER PRIMARY KEY,
  scope       TEXT NOT NULL,
  key         TEXT NOT NULL,
  fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
  at          INTEGER NOT NULL,
  booking_id  INTEGER REFERENCES bookings (id),
  event_id    INTEGER,
  answer      TEXT NOT NULL,
  UNIQUE (scope, key)
) STRICT;

-- One row for each committed group, kept for an hour: tells after an error at COMMIT whether the
-- group is in. The id is a UUIDv7, so that its order is the order of time.
CREATE TABLE markers (
  id BLOB PRIMARY KEY CHECK (length(id) = 16)
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 1;
