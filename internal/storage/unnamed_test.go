package storage

import "testing"

func TestOnlyParametersInTheirOrderLoseTheirNames(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"COMMIT", "COMMIT"},
		{"SELECT $1, $2", "SELECT ?, ?"},
		{"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
			"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
		{"SELECT $1, $1", "SELECT $1, $1"},
		{"SELECT $2, $1", "SELECT $2, $1"},
		{"SELECT $1, $3", "SELECT $1, $3"},
		{"SELECT $10", "SELECT $10"},
		{"SELECT '$.name', $1", "SELECT '$.name', $1"},
		{"SELECT $1 || '$'", "SELECT $1 || '$'"},
	} {
		if got := unnamed(c.text); got != c.want {
			t.Errorf("unnamed(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}
