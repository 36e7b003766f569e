package pgcluster

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// patroniNodes is how many servers Patroni looks after.
const patroniNodes = 3

// PatroniFiles are the texts of the configuration of the first of three machines, which are adapted
// to three servers on this one.
type PatroniFiles struct {
	// Patroni is its YAML file.
	Patroni string
	// Etcd has the variables of etcd, each as NAME=VALUE in a line.
	Etcd string
}

// Patroni is three PostgreSQL servers on the loopback, of which Patroni makes one the leader, by
// way of etcd. Their ports stay the same.
type Patroni struct {
	bin   string
	keep  *keeper
	etcd  *exec.Cmd
	nodes []*patroniNode
	// password is the superuser's.
	password string
	// synchronous says whether COMMIT waits for a standby.
	synchronous bool
}

// patroniNode is one server and the Patroni that looks after it.
type patroniNode struct {
	name string
	// port is PostgreSQL's, rest Patroni's own.
	port, rest int
	// run is Patroni while it runs, else nil.
	run *exec.Cmd
}

// StartPatroni makes three servers and waits until they have a leader that two others follow. They
// are gone at the end of the test. A machine without PostgreSQL, Patroni or etcd skips the test, as
// with Address.
func StartPatroni(t testing.TB, files PatroniFiles) *Patroni {
	t.Helper()
	p, err := newPatroni(files)
	need(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(p.logs())
		}
		if err := p.end(); err != nil {
			t.Error(err)
		}
	})
	p.AwaitStandbys(t)
	return p
}

// newPatroni starts the servers; nobody has waited for them.
func newPatroni(files PatroniFiles) (*Patroni, error) {
	if err := availablePatroni(); err != nil {
		return nil, err
	}
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	keep, err := newKeeper()
	if err != nil {
		return nil, err
	}
	p := &Patroni{bin: bin, keep: keep, password: rand.Text(),
		synchronous: strings.Contains(files.Patroni, "synchronous_mode: true")}
	if err := p.start(files); err != nil {
		return nil, errors.Join(err, p.end())
	}
	return p, nil
}

// availablePatroni says what is missing for servers of Patroni.
func availablePatroni() error {
	for _, program := range []string{"patroni", "etcd"} {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Errorf("%w, or what keeps them together: %w", errMissing, err)
		}
	}
	return available()
}

// start writes the files of the servers and starts them.
func (p *Patroni) start(files PatroniFiles) error {
	ports := make([]int, 2+2*patroniNodes)
	for i := range ports {
		var err error
		if ports[i], err = FreePort(); err != nil {
			return err
		}
	}
	clients, peers := loopback(ports[0]), loopback(ports[1])
	if err := p.startEtcd(files.Etcd, clients, peers); err != nil {
		return err
	}
	for i := range patroniNodes {
		n := &patroniNode{fmt.Sprintf("pg%d", i+1), ports[2+2*i], ports[3+2*i], nil}
		p.nodes = append(p.nodes, n)
		text, err := p.adapt(files.Patroni, n, clients)
		if err != nil {
			return err
		}
		if err := os.WriteFile(p.path(n.name+".yml"), []byte(text), 0o600); err != nil {
			return err
		}
		if err := p.keep.owner.give(p.path(n.name + ".yml")); err != nil {
			return err
		}
		if err := p.startNode(n); err != nil {
			return err
		}
	}
	return nil
}

func loopback(port int) string { return "127.0.0.1:" + strconv.Itoa(port) }

func (p *Patroni) path(name string) string { return filepath.Join(p.keep.dir, name) }

// data is the folder of a server; the keeper looks for this name.
func (p *Patroni) data(n *patroniNode) string { return p.path("data-" + n.name) }

// startEtcd starts etcd, alone, with the variables of a file that is adapted.
func (p *Patroni) startEtcd(text, clients, peers string) error {
	text, err := replace(text,
		",etcd2=http://10.0.0.22:2380,etcd3=http://10.0.0.23:2380", "",
		"10.0.0.21:2379", clients,
		"10.0.0.21:2380", peers,
		"/var/lib/etcd/evbook", p.path("etcd"),
	)
	if err != nil {
		return err
	}
	p.etcd = p.keep.command("etcd")
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			p.etcd.Env = append(p.etcd.Env, strings.TrimSpace(line))
		}
	}
	return p.run(p.etcd, "etcd")
}

// adapt makes the file of the first of three machines one of a server here.
func (p *Patroni) adapt(text string, n *patroniNode, etcd string) (string, error) {
	return replace(text,
		"name: pg1", "name: "+n.name,
		"10.0.0.21:8008", loopback(n.rest),
		"10.0.0.21:5432", loopback(n.port),
		"10.0.0.21:2379,10.0.0.22:2379,10.0.0.23:2379", etcd,
		"10.0.0.0/24", "127.0.0.1/32",
		"/var/lib/postgresql/15/evbook", p.data(n),
		"/var/lib/postgresql/.pgpass-patroni", p.path("pgpass-"+n.name),
		"/usr/lib/postgresql/15/bin", p.bin,
		"/var/run/postgresql", p.keep.dir,
		"password-of-postgres", p.password,
	)
}

// replace puts something else in the place of each of some texts, all of which must be there.
func replace(text string, pairs ...string) (string, error) {
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			return "", fmt.Errorf("%q is not in the file: %s", pairs[i], text)
		}
	}
	return strings.NewReplacer(pairs...).Replace(text), nil
}

func (p *Patroni) startNode(n *patroniNode) error {
	n.run = p.keep.command("patroni", p.path(n.name+".yml"))
	return p.run(n.run, n.name)
}

// run starts a program that writes a log.
func (p *Patroni) run(cmd *exec.Cmd, name string) error {
	log, err := os.OpenFile(p.path(name+".log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	return cmd.Start()
}

// logs gives the ends of what all have said.
func (p *Patroni) logs() string {
	var all strings.Builder
	// The pattern is well formed.
	paths, _ := filepath.Glob(p.path("*.log"))
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			text = []byte(err.Error())
		}
		const enough = 4000
		fmt.Fprintf(&all, "%s:\n%s\n", filepath.Base(path), text[max(0, len(text)-enough):])
	}
	return all.String()
}

// end leaves nothing of the servers.
func (p *Patroni) end() error {
	err := p.keep.end()
	for _, n := range p.nodes {
		if n.run != nil {
			_ = n.run.Wait() // the keeper has ended it
		}
	}
	if p.etcd != nil {
		_ = p.etcd.Wait() // as above
	}
	return err
}

// Address leads a user to a database on the leader, whichever of the servers that is, with the
// password of the superuser, "postgres".
func (p *Patroni) Address(user, database string) string {
	hosts := make([]string, len(p.nodes))
	for i, n := range p.nodes {
		hosts[i] = loopback(n.port)
	}
	at := url.URL{
		Scheme: "postgres", User: url.UserPassword(user, p.password),
		Host: strings.Join(hosts, ","), Path: "/" + database,
		RawQuery: url.Values{
			"sslmode": {"disable"}, "target_session_attrs": {"read-write"},
		}.Encode(),
	}
	return at.String()
}
