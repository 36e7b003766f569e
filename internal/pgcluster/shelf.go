package pgcluster

import (
	"strings"
	"sync"
	"testing"
)

// shelf keeps schemas whose tests are over for tests that want the same.
type shelf struct {
	mu sync.Mutex
	// free are the names of schemas, by the scripts that made them.
	free map[string][]string
}

func (s *shelf) take(made string) (name string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	free := s.free[made]
	if len(free) == 0 {
		return "", false
	}
	s.free[made] = free[1:]
	return free[0], true
}

func (s *shelf) put(made, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.free == nil {
		s.free = map[string][]string{}
	}
	s.free[made] = append(s.free[made], name)
}

// Prepared gives the address of a schema as Address does: the scripts make its tables, fill their
// first rows. If no table, constraint, index, trigger or function in it is another one at the end
// of the test, a later test gets it, emptied and filled anew: that takes a tenth of the time.
func Prepared(t testing.TB, fill string, scripts ...string) string {
	t.Helper()
	s, err := shared()
	need(t, err)
	made := strings.Join(scripts, "\n")
	name, ok := s.shelf.take(made)
	if !ok {
		name = s.create(t, scripts)
	}
	address := s.within(name)
	Query(t, address, fill)
	before := Query(t, address, fingerprint)[0]
	t.Cleanup(func() {
		if after, err := query(address, fingerprint); err != nil || after[0] != before {
			s.drop(t, name)
			return
		}
		if err := Execute(address, emptied); err != nil {
			t.Errorf("the schema of the test cannot be emptied: %v", err)
			return
		}
		s.shelf.put(made, name)
	})
	return address
}

// fingerprint tells whether the things in a schema are those that were there: each change of one
// writes its row in the catalogue anew, as does TRUNCATE.
const fingerprint = `WITH own AS (SELECT current_schema()::regnamespace AS own)
	SELECT string_agg(thing, ' ' ORDER BY thing) FROM own, LATERAL (
		SELECT oid || ' ' || xmin AS thing FROM pg_class WHERE relnamespace = own
		UNION ALL SELECT attrelid || ' ' || a.xmin FROM pg_attribute a
			JOIN pg_class c ON c.oid = attrelid AND relnamespace = own
		UNION ALL SELECT oid || ' ' || xmin FROM pg_constraint WHERE connamespace = own
		UNION ALL SELECT g.oid || ' ' || g.xmin FROM pg_trigger g
			JOIN pg_class c ON c.oid = tgrelid AND relnamespace = own
		UNION ALL SELECT oid || ' ' || xmin FROM pg_proc WHERE pronamespace = own) AS things`

// emptied removes all rows and sets all sequences back, once nobody has a lock any more. Few rows
// go faster by DELETE.
const emptied = `SET lock_timeout = '10s'; SET session_replication_role = replica; DO $$
	DECLARE own record;
	BEGIN
		FOR own IN SELECT oid::regclass AS name, oid, relkind AS kind FROM pg_class
			WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'S')
		LOOP
			IF own.kind = 'S' THEN
				PERFORM setval(own.oid, 1, false);
				CONTINUE;
			END IF;
			EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', own.name);
			IF pg_relation_size(own.oid) > 1000000 THEN
				EXECUTE format('TRUNCATE %s CASCADE', own.name);
			ELSE
				EXECUTE format('DELETE FROM %s', own.name);
			END IF;
		END LOOP;
	END $$`
