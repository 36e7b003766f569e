-- +goose Up

-- Tokens for those who come over the network. A row stays for good: that there ever was one is what
-- makes a server ask everybody who they are. Older evbooks serve their own machine alone, so they
-- may go on writing. Of a secret only the SHA-256 is kept; former is that of the one before.
-- bound says that a token is for the events in token_events alone, even when these are gone.
CREATE TABLE tokens (
  id           INTEGER PRIMARY KEY,
  name         TEXT NOT NULL,
  role         TEXT NOT NULL CHECK (role IN ('organiser', 'door')),
  bound        INTEGER NOT NULL CHECK (bound IN (0, 1)),
  hash         BLOB NOT NULL CHECK (length(hash) = 32),
  former       BLOB CHECK (length(former) = 32),
  former_until INTEGER CHECK ((former IS NULL) = (former_until IS NULL)),
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER,
  revoked_at   INTEGER,
  last_used_at INTEGER
) STRICT;

CREATE TABLE token_events (
  token_id INTEGER NOT NULL REFERENCES tokens (id),
  event_id INTEGER NOT NULL REFERENCES events (id) ON DELETE CASCADE,
  PRIMARY KEY (token_id, event_id)
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 4;
