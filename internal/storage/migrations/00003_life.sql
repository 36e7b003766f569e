-- +goose Up

-- Holds, ticket types, pools, access codes, the waitlist. Older evbooks do not know that the seats
-- of lapsed holds are free, nor what else limits seats, so they may not write from now on.
UPDATE meta SET oldest_writer = 3;

-- waiting counts the seats for which people wait, planned says that there are rows in the three
-- tables below. Limits are 0 for none; offer_ttl is in seconds.
ALTER TABLE events ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0 CHECK (waiting >= 0);
ALTER TABLE events ADD COLUMN planned INTEGER NOT NULL DEFAULT 0 CHECK (planned IN (0, 1));
ALTER TABLE events ADD COLUMN sales_open INTEGER;
ALTER TABLE events ADD COLUMN sales_close INTEGER;
ALTER TABLE events ADD COLUMN max_per_booking INTEGER NOT NULL DEFAULT 0
  CHECK (max_per_booking >= 0);
ALTER TABLE events ADD COLUMN max_per_customer INTEGER NOT NULL DEFAULT 0
  CHECK (max_per_customer >= 0);
ALTER TABLE events ADD COLUMN code_required INTEGER NOT NULL DEFAULT 0
  CHECK (code_required IN (0, 1));
ALTER TABLE events ADD COLUMN waitlist TEXT NOT NULL DEFAULT 'strict'
  CHECK (waitlist IN ('strict', 'skip'));
ALTER TABLE events ADD COLUMN offer_ttl INTEGER NOT NULL DEFAULT 14400 CHECK (offer_ttl > 0);

-- A hold without a deadline would keep its seats for ever. lines are the seats of each ticket type
-- as JSON, NULL for seats of no type. limited says that the bookings of an event are found by the
-- address: where the seats of a customer are limited, and where they wait.
ALTER TABLE bookings ADD COLUMN expires_at INTEGER
  CHECK (expires_at IS NOT NULL
    OR status <> 'held' AND status <> 'released' AND status <> 'expired');
ALTER TABLE bookings ADD COLUMN extensions INTEGER NOT NULL DEFAULT 0 CHECK (extensions >= 0);
ALTER TABLE bookings ADD COLUMN lines TEXT;
ALTER TABLE bookings ADD COLUMN code TEXT;
ALTER TABLE bookings ADD COLUMN offered_at INTEGER;
ALTER TABLE bookings ADD COLUMN issue INTEGER NOT NULL DEFAULT 0;
ALTER TABLE bookings ADD COLUMN limited INTEGER NOT NULL DEFAULT 0;

-- Two more states for the waitlist. What SQLite recommends for a CHECK, since copying a million
-- bookings into a new table would keep everybody waiting: sqlite.org/lang_altertable.html, 8.
-- For a long IN, SQLite makes a table each time that a row is written, which takes as long as all
-- the rest of it; so the commonest states are compared first.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql,
  '(status IN (''held'', ''confirmed'', ''cancelled'', ''released'', ''expired''))',
  '(status = ''confirmed'' OR status = ''held'' OR status IN
    (''cancelled'', ''released'', ''expired'', ''waiting'', ''left''))')
WHERE type = 'table' AND name = 'bookings';
PRAGMA writable_schema = RESET;

-- Each over few rows: a booking that is confirmed at once pays for none of them.
CREATE INDEX bookings_holds ON bookings (event_id, expires_at) WHERE status = 'held';
CREATE INDEX bookings_waiting ON bookings (event_id) WHERE status = 'waiting';
CREATE INDEX bookings_limited ON bookings (event_id, email_folded) WHERE limited = 1;

-- Numbers count within the event. The counters are as those of events, and guard alike.
CREATE TABLE pools (
  event_id  INTEGER NOT NULL REFERENCES events (id),
  id        INTEGER NOT NULL,
  name      TEXT NOT NULL,
  capacity  INTEGER NOT NULL,
  held      INTEGER NOT NULL,
  confirmed INTEGER NOT NULL,
  waiting   INTEGER NOT NULL CHECK (waiting >= 0),
  PRIMARY KEY (event_id, id),
  CHECK (held >= 0 AND confirmed >= 0 AND held + confirmed <= capacity)
) STRICT, WITHOUT ROWID;

CREATE TABLE ticket_types (
  event_id        INTEGER NOT NULL REFERENCES events (id),
  id              INTEGER NOT NULL,
  name            TEXT NOT NULL,
  price           INTEGER NOT NULL CHECK (price >= 0),
  pool_id         INTEGER,
  sales_open      INTEGER,
  sales_close     INTEGER,
  min_per_booking INTEGER NOT NULL CHECK (min_per_booking >= 0),
  max_per_booking INTEGER NOT NULL CHECK (max_per_booking >= 0),
  code_required   INTEGER NOT NULL CHECK (code_required IN (0, 1)),
  closed          INTEGER NOT NULL CHECK (closed IN (0, 1)),
  held            INTEGER NOT NULL CHECK (held >= 0),
  confirmed       INTEGER NOT NULL CHECK (confirmed >= 0),
  waiting         INTEGER NOT NULL CHECK (waiting >= 0),
  PRIMARY KEY (event_id, id),
  FOREIGN KEY (event_id, pool_id) REFERENCES pools (event_id, id)
) STRICT, WITHOUT ROWID;

-- types are the numbers of ticket types as JSON, NULL for all.
CREATE TABLE codes (
  event_id    INTEGER NOT NULL REFERENCES events (id),
  code        TEXT NOT NULL,
  uses        INTEGER NOT NULL,
  types       TEXT,
  valid_until INTEGER,
  disabled    INTEGER NOT NULL CHECK (disabled IN (0, 1)),
  created_at  INTEGER NOT NULL,
  held        INTEGER NOT NULL,
  confirmed   INTEGER NOT NULL,
  PRIMARY KEY (event_id, code),
  CHECK (held >= 0 AND confirmed >= 0 AND held + confirmed <= uses)
) STRICT, WITHOUT ROWID;

ALTER TABLE journal ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0;

PRAGMA user_version = 3;
