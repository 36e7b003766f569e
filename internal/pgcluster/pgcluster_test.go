package pgcluster

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// helperEnv gives the test binary another role: "wait" starts a cluster, says "READY", and waits to
// be killed, "patroni" does so with servers of Patroni and says nothing; "twice" has two passes,
// the second one without TestLeftOut.
const helperEnv = "EVBOOK_TEST_HELPER"

func TestMain(m *testing.M) {
	switch os.Getenv(helperEnv) {
	case "":
		os.Exit(Main(m))
	case "twice":
		os.Exit(Twice(m, "TestLeftOut"))
	case "patroni":
		runPatroni()
		return
	}
	s, err := newServer(Config{})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("READY", s.keep.dir)
	time.Sleep(patience)
}

func TestEachTestHasASchemaOfItsOwn(t *testing.T) {
	const script = "CREATE TABLE seats (n int); INSERT INTO seats VALUES (1)"
	var left string
	t.Run("one", func(t *testing.T) {
		left = Address(t, script)
		Query(t, left, "INSERT INTO seats VALUES (2)")
	})
	own := Address(t, script)
	if got := Query(t, own, "SELECT count(*) FROM seats"); got[0] != "1" {
		t.Errorf("%s rows, want 1: two tests share a schema", got[0])
	}
	all := Query(t, own, "SELECT nspname FROM pg_namespace WHERE nspname ~ '^test_'")
	if len(all) != 1 || strings.Contains(left, all[0]) {
		t.Errorf("after a test there are the schemas %q, want one alone", all)
	}
	again := os.Getenv(clusterEnv)
	if again == "" || !strings.HasPrefix(own, again) {
		t.Error("a helper process would not use the same cluster")
	}
}

func TestAKilledServerKeepsWhatWasCommitted(t *testing.T) {
	s := Start(t, Config{Settings: map[string]string{"application_name": "it's"}})
	address := s.Address(t, "CREATE TABLE seats (n int)")
	for i, end := range []func(testing.TB){s.Kill, s.Stop} {
		Query(t, address, "INSERT INTO seats VALUES (1)")
		conn, err := pgconn.Connect(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.Background())
		if _, err := conn.Exec(t.Context(), "BEGIN; DELETE FROM seats").ReadAll(); err != nil {
			t.Fatal(err)
		}
		end(t)
		if _, err := conn.Exec(t.Context(), "COMMIT").ReadAll(); err == nil {
			t.Error("a connection has outlived its server")
		}
		s.Restart(t)
		if got := Query(t, address, "SELECT n FROM seats"); len(got) != i+1 {
			t.Errorf("%d rows are left of %d", len(got), i+1)
		}
	}
	if got := Query(t, address, "SHOW application_name"); got[0] != "it's" {
		t.Errorf("a setting has become %q", got[0])
	}
}

func TestAKilledServerLeavesNoMemory(t *testing.T) {
	var id string
	t.Run("killed", func(t *testing.T) {
		s := Start(t, Config{})
		text, err := os.ReadFile(filepath.Join(s.data(), "postmaster.pid"))
		if err != nil {
			t.Fatal(err)
		}
		id = strings.Fields(strings.Split(string(text), "\n")[6])[1]
		if !holdsMemory(t, id) {
			t.Fatalf("there is no segment %s: this test looks in the wrong place", id)
		}
		s.Kill(t)
		if !holdsMemory(t, id) {
			t.Error("the segment went away with the server: the keeper has nothing to do")
		}
	})
	if id != "" && holdsMemory(t, id) {
		t.Errorf("segment %s is left", id)
	}
}

// holdsMemory says whether the system has a segment of shared memory.
func holdsMemory(t testing.TB, id string) bool {
	t.Helper()
	text, err := os.ReadFile("/proc/sysvipc/shm")
	if err != nil {
		t.Skipf("NOT PROVEN HERE: %v", err)
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); fields[1] == id {
			return true
		}
	}
	return false
}

func TestAKilledTestLeavesNothing(t *testing.T) {
	_, err := binaries()
	need(t, err)
	for _, moment := range []time.Duration{50, 300, 800, 0} {
		moment *= time.Millisecond
		t.Run(moment.String(), func(t *testing.T) {
			t.Parallel()
			least := 0
			if moment == 0 {
				least = 5
			}
			killedAfter(t, "wait", moment, least)
		})
	}
}

// killedAfter kills a helper some time after its start or, with 0, when it says that it is ready.
// The helper must have some processes then.
func killedAfter(t *testing.T, role string, moment time.Duration, least int) {
	// The server's user has to pass through, which he cannot in t.TempDir, and need do no more.
	dir, err := os.MkdirTemp("", "evbook-pgcluster-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	helper := exec.Command(os.Args[0])
	helper.Env = append(os.Environ(), helperEnv+"="+role, "TMPDIR="+dir)
	said, err := helper.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := helper.Start(); err != nil {
		t.Fatal(err)
	}
	if moment == 0 {
		line, err := bufio.NewReader(said).ReadString('\n')
		if err != nil || !strings.HasPrefix(line, "READY "+dir) {
			t.Errorf("the helper says %q, %v", line, err)
		}
	}
	time.Sleep(moment)
	if all := processesIn(dir); len(all) < least {
		t.Errorf("the helper has the processes %v: this test sees too few", all)
	}
	_ = helper.Process.Kill()
	_ = helper.Wait()
	for over := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		files, err := os.ReadDir(dir)
		if err == nil && len(files) == 0 && len(processesIn(dir)) == 0 {
			return
		}
		if time.Now().After(over) {
			t.Fatalf("left: %v, %v, processes %v", files, err, processesIn(dir))
		}
	}
}

// processesIn lists the processes that work in a folder, or that were told its name.
func processesIn(dir string) (all []string) {
	folders, _ := filepath.Glob("/proc/[0-9]*") // the pattern is well formed
	for _, folder := range folders {
		words, _ := os.ReadFile(folder + "/cmdline") // an error says that it has ended
		place, _ := os.Readlink(folder + "/cwd")
		if strings.Contains(string(words), dir) || strings.HasPrefix(place, dir) {
			all = append(all, fmt.Sprintf("%s %q in %q", filepath.Base(folder), words, place))
		}
	}
	return all
}

func TestAMachineWithoutPostgreSQLSkipsAloud(t *testing.T) {
	for _, c := range []struct{ noskip, status, says string }{
		{"", "exit status 0", "NOT PROVEN HERE"}, {"1", "exit status 1", "--- FAIL"},
	} {
		cmd := exec.Command(os.Args[0], "-test.v", "-test.run=^TestEachTestHasASchemaOfItsOwn$")
		cmd.Env = append(os.Environ(), binEnv+"="+t.TempDir(), "EVBOOK_NOSKIP="+c.noskip,
			clusterEnv+"=")
		said, _ := cmd.CombinedOutput()
		if got := cmd.ProcessState.String(); got != c.status {
			t.Errorf("EVBOOK_NOSKIP=%s: %s, want %s: %s", c.noskip, got, c.status, said)
		}
		for _, word := range []string{c.says, "server binaries are missing"} {
			if !strings.Contains(string(said), word) {
				t.Errorf("EVBOOK_NOSKIP=%s does not say %q: %s", c.noskip, word, said)
			}
		}
	}
}
