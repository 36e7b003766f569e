package storage

import "testing"

func TestABoolIsStoredAsANumber(t *testing.T) {
	for _, want := range []bool{false, true} {
		stored, err := bit(want).Value()
		must(t, err)
		got := bit(!want)
		if err := got.Scan(stored); err != nil || bool(got) != want {
			t.Errorf("%t is stored as %v and read as %t, %v", want, stored, got, err)
		}
	}
	var b bit
	if err := b.Scan("true"); err == nil {
		t.Error("a text is read as a bool")
	}
}
