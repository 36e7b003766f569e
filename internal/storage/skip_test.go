package storage

import (
	"os"
	"testing"
)

// need skips a proof that this machine cannot give, and says what is missing. With
// EVBOOK_NOSKIP=1 that is a failure, so that a machine meant to give every proof does.
func need(t testing.TB, what string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if os.Getenv("EVBOOK_NOSKIP") == "1" {
		t.Fatalf("needs %s: %v", what, err)
	}
	t.Skipf("NOT PROVEN HERE: needs %s: %v", what, err)
}
