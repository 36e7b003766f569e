-- +goose Up

-- Holds. A hold without a deadline would keep its seats for ever. Older evbooks do not know that
-- the seats of lapsed holds are free, nor that a cancelled event has to give held seats back, so
-- they may not write from now on.
ALTER TABLE bookings ADD COLUMN expires_at INTEGER
  CHECK (expires_at IS NOT NULL OR status IN ('confirmed', 'cancelled'));
ALTER TABLE bookings ADD COLUMN extensions INTEGER NOT NULL DEFAULT 0 CHECK (extensions >= 0);

-- Over holds alone, the oldest first: a booking that never was a hold does not pay for it.
CREATE INDEX bookings_holds ON bookings (event_id, expires_at) WHERE status = 'held';

UPDATE meta SET oldest_writer = 3;

PRAGMA user_version = 3;
