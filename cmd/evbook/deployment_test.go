//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// machine is a house whose folders etc and var stand in for those of a machine.
type machine struct {
	house house
	// env is added to the environment of commands.
	env []string
}

// newMachine makes the folders that each machine has, and puts the program where they are made.
func newMachine(t *testing.T, h house) machine {
	t.Helper()
	for _, dir := range []string{"etc/default", "etc/systemd/system", "var/lib/evbook",
		"var/backups", "usr/local/bin"} {
		if err := os.MkdirAll(h.path(dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	program, err := exec.LookPath("evbook")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(program, h.path("evbook")); err != nil && !errors.Is(err, fs.ErrExist) {
		t.Fatal(err)
	}
	return machine{house: h}
}

// standIns are for commands of docs/deployment.md that would change more than the folder of a test.
const standIns = `set -euo pipefail
adduser() { :; }
apt-get() { :; }
pg_dropcluster() { :; }
systemctl() { :; }
sudo() { shift 2; "$@"; } # -u NAME
install() {
	local args=() arg
	for arg; do [[ $arg == --owner=* ]] || args+=("$arg"); done
	command install "${args[@]}"
}
psql() { # \password asks a terminal
	local last=${*: -1}
	case $last in
	'--command=\password '*) last="--command=ALTER ROLE ${last##* } PASSWORD '$PGPASSWORD'" ;;
	esac
	command psql "${@:1:$#-1}" "$last"
}
`

// follow runs the commands that docs/deployment.md gives under some headings, in one shell.
func (m machine) follow(t *testing.T, headings ...string) {
	t.Helper()
	need(t, "bash")
	var commands strings.Builder
	for _, heading := range headings {
		commands.WriteString(commandsUnder(t, heading))
	}
	script := strings.NewReplacer(
		"/etc/", m.house.path("etc")+"/", "/var/", m.house.path("var")+"/",
		"/usr/local/bin/", m.house.path("usr/local/bin")+"/",
		"PGHOST=10.0.0.21", "PGHOST=127.0.0.1",
	).Replace(commands.String())
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := m.house.command(ctx, "bash", "-c", standIns+script)
	cmd.Env = append(cmd.Env, m.env...)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%q: %v: %s\n%s", headings, err, said, script)
	}
}

// deployed reads a file of docs/deploy and puts something else in the place of some of its texts,
// all of which must be there.
func deployed(t *testing.T, name string, pairs ...string) string {
	t.Helper()
	text := readText(t, filepath.Join(root, "docs", "deploy", name))
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("%s has no %q", name, pairs[i])
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// deploy writes what deployed gives.
func deploy(t *testing.T, name, path string, pairs ...string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(deployed(t, name, pairs...)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// unitFlags gives the flags with which a systemd unit has evbook serve.
func unitFlags(t *testing.T, unit string, pairs ...string) []string {
	t.Helper()
	for line := range strings.Lines(deployed(t, unit, pairs...)) {
		if flags, ok := strings.CutPrefix(line, "ExecStart=/usr/local/bin/evbook serve "); ok {
			return strings.Fields(flags)
		}
	}
	t.Fatalf("%s does not start evbook serve", unit)
	return nil
}

// deploymentText is docs/deployment.md.
func deploymentText(t *testing.T) string {
	t.Helper()
	return readText(t, filepath.Join(root, "docs", "deployment.md"))
}

// readText gives what is in a file.
func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// commandsUnder gives what stands in the blocks for a shell under a heading of docs/deployment.md.
func commandsUnder(t *testing.T, heading string) string {
	t.Helper()
	_, after, found := strings.Cut(deploymentText(t), "\n## "+heading+"\n")
	if !found {
		t.Fatalf("docs/deployment.md has no heading %q", heading)
	}
	section, _, _ := strings.Cut(after, "\n## ")
	var commands strings.Builder
	for _, block := range strings.Split(section, "```sh\n")[1:] {
		block, _, _ = strings.Cut(block, "```")
		commands.WriteString(block)
	}
	if commands.Len() == 0 {
		t.Fatalf("there are no commands under %q", heading)
	}
	return commands.String()
}

func TestOneMachineIsSetUpAndSavedAsTheDocumentSays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	client := selfSigned(t, h)
	addr := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	deploy(t, "one-machine.yaml", h.path("one-machine.yaml"), `":443"`, addr,
		"/etc/", h.path("etc")+"/", "/var/", h.path("var")+"/")
	deploy(t, "evbook.service", h.path("evbook.service"))
	m := newMachine(t, h)
	m.follow(t, "One machine")
	h.db = h.path("var/lib/evbook/events.db")
	event := h.event(t, "Go Meetup", 5)
	s := h.serveAsTold(t, unitFlags(t, "evbook.service", "/etc/", h.path("etc")+"/")...)
	visitor := server{url: "https://" + addr, client: client}
	if r, err := visitor.book(event, 2, ""); err != nil || r.status != http.StatusCreated {
		t.Errorf("cannot book: %d %s: %v: %s", r.status, r.Message, err, s.url)
	}
	m.follow(t, "Backup of a file")
	saved := house{dir: h.dir, binary: h.binary, db: h.path("var/backups/evbook/monday.db")}
	if e := ask[eventAnswer](t, saved, "event", "show", event); e.Confirmed != 2 {
		t.Errorf("%d seats are in the backup", e.Confirmed)
	}
}

func TestSystemdUnderstandsTheUnits(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Log("systemd is not here; what the units start is started by other tests")
		return
	}
	evbook, err := exec.LookPath("evbook")
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t)
	verify := func(text string) string {
		path := h.path("club.service")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		o := finish(h.command(ctx, "systemd-analyze", "verify", path))
		return o.stdout + o.stderr
	}
	for _, unit := range []string{"evbook.service", "evbook-postgres.service"} {
		text := deployed(t, unit, "/usr/local/bin/evbook", evbook)
		if said := verify(text); said != "" {
			t.Errorf("%s: %s", unit, said)
		}
		if said := verify(strings.Replace(text, "Restart=", "Restarts=", 1)); said == "" {
			t.Errorf("%s: an unknown key is not found: proves nothing", unit)
		}
	}
}

func TestEveryFileForADeploymentIsNamedAndUsed(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir(filepath.Join(root, "docs", "deploy"))
	if err != nil || len(files) < 5 {
		t.Fatalf("found only %d files: %v", len(files), err)
	}
	_, all := sources(t)
	for _, file := range files {
		if !strings.Contains(deploymentText(t), file.Name()) {
			t.Errorf("docs/deployment.md does not name %s", file.Name())
		}
		if !slices.ContainsFunc(all, func(s source) bool {
			return s.room == "cmd/evbook" && strings.Contains(string(s.text), `"`+file.Name()+`"`)
		}) {
			t.Errorf("no test uses docs/deploy/%s", file.Name())
		}
	}
}
