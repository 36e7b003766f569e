package cli

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestTheNextPageIsAskedForLikeTheFirst(t *testing.T) {
	w := newWorld(t)
	other := filepath.Join(t.TempDir(), "it's here.db")
	for range 3 {
		w.must("event", "create", "--name", "X", "--capacity", "5", "--db", other)
		w.must("book", "--event", "1", "--qty", "1", "--db", other)
	}
	quoted := "'" + strings.ReplaceAll(other, "'", `'\''`) + "'"
	second := nextCursor(t, w, "event", "list", "--limit", "1", "--db", other)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"event", "list", "--limit", "1", "--db", other},
			"evbook event list --db " + quoted + " --limit 1 --cursor " + second +
				" (or --all)\n"},
		{[]string{"events", "ls", "--cursor", second, "--limit", "1", "-o", "name", "--db", other},
			"evbook event list --db " + quoted + " --limit 1 --output name --cursor "},
		{[]string{"booking", "list", "--event", "1", "--limit", "2", "--db", other},
			"evbook booking list --db " + quoted + " --event 1 --limit 2 --cursor "},
	} {
		_, stderr, code := w.run(c.args...)
		if code != 0 || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: exit %d, stderr %q, want %q", c.args, code, stderr, c.want)
		}
	}
}

// nextCursor runs a list and gives the cursor that its hint names.
func nextCursor(t *testing.T, w *world, args ...string) string {
	t.Helper()
	_, stderr, _ := w.run(args...)
	_, rest, _ := strings.Cut(stderr, "--cursor ")
	cursor, _, found := strings.Cut(rest, " ")
	if !found {
		t.Fatalf("no cursor in %q", stderr)
	}
	return cursor
}
