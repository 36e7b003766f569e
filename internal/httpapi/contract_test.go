package httpapi

import (
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"evbook/internal/booking"
	"evbook/internal/contract"
	"evbook/internal/pgcluster"
)

// theContract is the one that all tests of the package are held against.
var theContract = sync.OnceValue(func() *contract.Contract {
	return contract.New(OpenAPI("json"))
})

// TestMain says, after all tests have passed, what the contract promises and none of them has seen.
func TestMain(m *testing.M) {
	code := pgcluster.Main(m, onlyOnFiles()...)
	if code == 0 && everything() {
		for _, gap := range theContract().Gaps() {
			fmt.Fprintln(os.Stderr, "contract:", gap)
			code = 1
		}
	}
	os.Exit(code)
}

// everything says whether all tests are run, and not only some of them.
func everything() bool {
	for _, name := range []string{"test.run", "test.skip", "test.bench", "test.fuzz", "test.list"} {
		if flag.Lookup(name).Value.String() != "" {
			return false
		}
	}
	return true
}

func TestEveryRouteIsInTheContractAndTheOtherWayRound(t *testing.T) {
	promised := map[string]bool{}
	for _, op := range theContract().Operations() {
		promised[op.String()] = true
	}
	for pattern := range routes() {
		if !promised[pattern] {
			t.Errorf("the contract lacks %s", pattern)
		}
		delete(promised, pattern)
	}
	for pattern := range promised {
		t.Errorf("the contract has %s, and the server has not", pattern)
	}
}

// securityOf is what the contract has to say about a route that some roles may use.
func securityOf(pattern string, may role) openapi3.SecurityRequirements {
	is := openapi3.SecurityRequirements{}
	if may.has(stranger) {
		is = append(is, openapi3.SecurityRequirement{})
	}
	if may.has(guest) && strings.Contains(pattern, "{reference}") {
		is = append(is, openapi3.SecurityRequirement{"secret": {}})
	}
	var tokens []string
	if may.has(doorkeeper) {
		tokens = append(tokens, string(booking.Door))
	}
	if may.has(organisers) {
		tokens = append(tokens, string(booking.Organiser))
	}
	return append(is, openapi3.SecurityRequirement{"token": tokens})
}

func TestTheContractSaysWhoMayUseWhat(t *testing.T) {
	may := policy()
	for _, op := range theContract().Operations() {
		want := securityOf(op.String(), may[op.String()])
		if isHealth(&http.Request{URL: &url.URL{Path: op.Path()}}) {
			want = openapi3.SecurityRequirements{} // what is shown is not looked at
		}
		if op.Security == nil || !reflect.DeepEqual(*op.Security, want) {
			t.Errorf("%s: %v, want %v", op, op.Security, want)
		}
	}
}
