package cli

import (
	"strings"
	"testing"
	"testing/synctest"
)

func TestABarTellsHowMuchIsDone(t *testing.T) {
	synctest.Test(t, barTells)
}

func barTells(t *testing.T) {
	var drawn strings.Builder
	p := progress{to: &drawn, doing: "Booking", rows: 4000}
	p.add(1000)
	p.add(1000) // at once: the bar stays as it is
	p.end()
	want := clearLine + "Booking  25% |████            | 1000/4000" + clearLine
	if drawn.String() != want {
		t.Errorf("drawn %q, want %q", drawn.String(), want)
	}
}
