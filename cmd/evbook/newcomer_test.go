package main

import (
	"os"
	"testing"
)

// newcomer.sh was written from help alone. It is run as its author left it: what it relies on is
// what people rely on.
func TestScriptWrittenFromHelpAloneKeepsWorking(t *testing.T) {
	t.Parallel()
	need(t, "sh")
	h := newHouse(t)
	h.script(t, "ok\n", "newcomer.sh")
	left, err := os.ReadDir(h.dir)
	if err != nil || len(left) != 0 {
		t.Fatalf("the script leaves %v behind, %v", left, err)
	}
}
