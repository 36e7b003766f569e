package pgcluster

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// deployFiles are those of docs/deploy.
func deployFiles() (PatroniFiles, error) {
	folder := filepath.Join("..", "..", "docs", "deploy")
	patroni, err := os.ReadFile(filepath.Join(folder, "patroni.yml"))
	if err != nil {
		return PatroniFiles{}, err
	}
	etcd, err := os.ReadFile(filepath.Join(folder, "etcd.env"))
	return PatroniFiles{string(patroni), string(etcd)}, err
}

// runPatroni is the helper that waits to be killed.
func runPatroni() {
	files, err := deployFiles()
	if err == nil {
		_, err = newPatroni(files)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	time.Sleep(patience)
}

func TestAKilledTestLeavesNothingOfPatroni(t *testing.T) {
	need(t, availablePatroni())
	// The first is in the middle of copying, when the servers run the second.
	for _, moment := range []time.Duration{3 * time.Second, 10 * time.Second} {
		t.Run(moment.String(), func(t *testing.T) {
			t.Parallel()
			killedAfter(t, "patroni", moment, 5)
		})
	}
}

func TestTheFilesForPatroniHaveWhatIsReplaced(t *testing.T) {
	files, err := deployFiles()
	if err != nil {
		t.Fatal(err)
	}
	p := &Patroni{bin: "/bin", password: "secret", keep: &keeper{dir: "/tmp"}}
	text, err := p.adapt(files.Patroni, &patroniNode{name: "pg2"}, "127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(text) {
		if strings.Contains(line, "10.0.0.") && !strings.HasPrefix(line, "#") {
			t.Errorf("an address of the example is left: %s", line)
		}
	}
	if _, err := p.adapt(strings.ReplaceAll(files.Patroni, "10.0.0.0/24", ""),
		&patroniNode{name: "pg2"}, "127.0.0.1:1"); err == nil {
		t.Error("a file without one of the texts is taken: proves nothing")
	}
}
