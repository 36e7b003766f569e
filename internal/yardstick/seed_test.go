//go:build linux

package yardstick

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver that evbook uses
)

// seedTables are what evbook began with.
const seedTables = `
CREATE TABLE events (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, capacity INTEGER NOT NULL,
  available INTEGER NOT NULL, price REAL NOT NULL
);
CREATE TABLE bookings (
  id INTEGER PRIMARY KEY, event_id INTEGER NOT NULL REFERENCES events (id),
  user_email TEXT NOT NULL, quantity INTEGER NOT NULL, created_at TEXT NOT NULL
);
CREATE INDEX bookings_event ON bookings (event_id);
INSERT INTO events VALUES (1, 'Go Meetup', 1000000000, 1000000000, 0);
`

// seed is the design that evbook began with: a mutex, and a transaction for each request.
type seed struct {
	mu sync.Mutex
	db *sql.DB
}

// newSeed makes a database with a journal of some mode; each transaction is synced.
func newSeed(path, journal string) (*seed, error) {
	db, err := openSQLite(path, "journal_mode("+journal+")", "synchronous(FULL)")
	if err != nil {
		return nil, err
	}
	_, err = db.Exec(seedTables)
	return &seed{db: db}, err
}

// openSQLite opens a file on one connection, without evbook.
func openSQLite(path string, pragmas ...string) (*sql.DB, error) {
	from := url.URL{Scheme: "file", OmitHost: true, Path: path,
		RawQuery: url.Values{"_pragma": pragmas, "_txlock": {"immediate"}}.Encode()}
	db, err := sql.Open("sqlite", from.String())
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

func (s *seed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ask, err := decodeSeat(w, r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	id, at, err := s.book(r.Context(), ask)
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	text, err := json.Marshal(map[string]any{
		"success": true, "message": "booking created", "data": map[string]any{
			"id": id, "event_id": ask.EventID, "user_email": ask.Email,
			"quantity": ask.Quantity, "created_at": at,
		},
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write(text)
}

func (s *seed) book(ctx context.Context, ask seatRequest) (id int64, at string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	var available int
	err = tx.QueryRowContext(ctx, "SELECT available FROM events WHERE id = ?", ask.EventID).
		Scan(&available)
	if err == nil && available < ask.Quantity {
		err = fmt.Errorf("only %d left", available)
	}
	if err != nil {
		return 0, "", err
	}
	_, err = tx.ExecContext(ctx, "UPDATE events SET available = available - ? WHERE id = ?",
		ask.Quantity, ask.EventID)
	if err != nil {
		return 0, "", err
	}
	at = time.Now().UTC().Format(time.RFC3339)
	made, err := tx.ExecContext(ctx, `INSERT INTO bookings
		(event_id, user_email, quantity, created_at) VALUES (?, ?, ?, ?)`,
		ask.EventID, ask.Email, ask.Quantity, at)
	if err != nil {
		return 0, "", err
	}
	if id, err = made.LastInsertId(); err != nil {
		return 0, "", err
	}
	return id, at, tx.Commit()
}
