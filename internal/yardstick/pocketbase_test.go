//go:build linux

package yardstick

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// The superuser of a PocketBase that lasts as long as its measurement.
const (
	pocketBaseUser     = "owner@bench.example"
	pocketBasePassword = "no-secret-of-anybody"
)

// bookingsCollection is what stands for the bookings of evbook there. Everybody may create records,
// so that none of them costs a look at a token.
const bookingsCollection = `{"name":"seats","type":"base","createRule":"",
	"fields":[{"name":"event_id","type":"number"},{"name":"user_email","type":"text"},
		{"name":"quantity","type":"number"}],
	"indexes":["CREATE INDEX seats_event ON seats (event_id)"]}`

// pocketBase is a PocketBase with its own settings, in a folder of its own.
type pocketBase struct {
	server
	token string
}

// hasPocketBase says whether there is one, and loudly when there is none. It is in no distribution,
// so that nothing fails without it.
func hasPocketBase(t testing.TB) bool {
	t.Helper()
	_, err := exec.LookPath("pocketbase")
	if err != nil {
		t.Log("NOT MEASURED: pocketbase is missing")
	}
	return err == nil
}

// startPocketBase makes the collection, by the HTTP API that its users have.
func startPocketBase(t testing.TB) pocketBase {
	t.Helper()
	dir, address := t.TempDir(), freeAddress(t)
	command := func(args ...string) *exec.Cmd {
		return exec.Command("pocketbase", append(args, "--dir", dir)...)
	}
	made := command("superuser", "create", pocketBaseUser, pocketBasePassword)
	if said, err := made.CombinedOutput(); err != nil {
		t.Fatalf("%q: %v: %s", made.Args, err, said)
	}
	cmd := command("serve", "--http", address)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // an error says that it has ended already
		_ = cmd.Wait()                          // its code tells of the signal
	})
	p := pocketBase{server: server{address, cmd}}
	var signedIn struct{ Token string }
	p.api(t, "POST", "collections/_superusers/auth-with-password",
		fmt.Sprintf(`{"identity":%q,"password":%q}`, pocketBaseUser, pocketBasePassword), &signedIn)
	p.token = signedIn.Token
	p.api(t, "POST", "collections", bookingsCollection, nil)
	return p
}

// record asks for a record as evbook is asked for a seat.
func (p pocketBase) record() Ask {
	return p.request("POST /api/collections/seats/records", "", seatOfFirst)
}

// storedExactly insists that there are as many records as were acknowledged.
func (p pocketBase) storedExactly(t testing.TB, acknowledged int) {
	t.Helper()
	var list struct{ TotalItems int }
	p.api(t, "GET", "collections/seats/records?perPage=1", "", &list)
	if list.TotalItems != acknowledged {
		t.Errorf("%d records were acknowledged, %d are stored", acknowledged, list.TotalItems)
	}
}

// api makes a request, which has to succeed as soon as the server listens.
func (p pocketBase) api(t testing.TB, method, path, body string, into any) {
	t.Helper()
	var answer *http.Response
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		r, err := http.NewRequest(method, "http://"+p.address+"/api/"+path,
			bytes.NewReader([]byte(body)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", p.token)
		if answer, err = http.DefaultClient.Do(r); err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("PocketBase does not listen: %v", err)
		}
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s", method, path, answer.Status)
	}
	if into == nil {
		return
	}
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

// freeAddress is one of this machine that nobody listens at, for a program that cannot choose it.
func freeAddress(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
