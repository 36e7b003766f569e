package storage

import (
	"sync"
	"testing"

	"pgregory.net/rapid"

	"evbook/internal/booking"
)

// frozen is the permutation of the key 00 01 … 1f.
func frozen() *permutation {
	key := make([]byte, referenceKeyBytes)
	for i := range key {
		key[i] = byte(i)
	}
	return newPermutation(key)
}

// References are written on paper: no later evbook may read another row from them.
func TestReferencesAreFrozen(t *testing.T) {
	p := frozen()
	for row, want := range map[int64]string{
		1: "EVB-HJM83-6S012-9", 2: "EVB-AJG3J-839EY-Y", 3: "EVB-3BM89-Y6RAW-Y",
		1000: "EVB-AGAD6-WKH0Y-7", 1 << 49: "EVB-V2N97-TK9GF-E", maxRow: "EVB-TRC7V-BHM11-N",
	} {
		if got := p.reference(row).String(); got != want {
			t.Errorf("%d: got %s, want %s", row, got, want)
		}
	}
}

func TestEveryRowHasOneReferenceAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		row := rapid.Int64Range(1, maxRow).Draw(t, "row")
		ref := frozen().reference(row)
		p := frozen() // it remembers nothing yet
		if ref == 0 || ref > maxRow || p.row(ref) != row {
			t.Errorf("row %d has %d, which is row %d", row, ref, p.row(ref))
		}
		other := booking.Reference(rapid.Uint64Range(1, maxRow).Draw(t, "reference"))
		if row := p.row(other); row < 1 || row > maxRow || p.reference(row) != other {
			t.Errorf("reference %d is row %d, which has %d", other, row, p.reference(row))
		}
	})
}

func TestNoRowHasTheReferenceZero(t *testing.T) {
	p := frozen()
	if p.row(0) != 0 {
		t.Errorf("the reference 0 is row %d", p.row(0))
	}
	// The row that the bare network sends to 0 gets what row 0 would have had.
	row := int64(p.backward(0))
	if row == 0 {
		t.Fatal("the network sends 0 to itself: take another key")
	}
	for range 2 { // worked out, and then remembered
		if ref := p.none; ref == 0 || p.row(ref) != row || p.reference(row) != ref {
			t.Errorf("row %d has %d, not %d, which is row %d", row, p.reference(row), ref,
				p.row(ref))
		}
		p.reference(0) // which must not take that place
	}
}

func TestRowsAreRemembered(t *testing.T) {
	p := frozen()
	for row := int64(1); row <= 3*recentPairs; row++ {
		ref := p.reference(row)
		kept := p.recent[ref%recentPairs].Load()
		if *kept != (numbered{ref, row}) || p.row(ref) != row {
			t.Fatalf("row %d comes back as %d, and is remembered as %v", row, p.row(ref), *kept)
		}
	}
	other := frozen()
	for row := int64(1); row <= 1000; row++ { // most of them have lost their place by now
		if ref := other.reference(row); p.row(ref) != row {
			t.Fatalf("row %d comes back as %d", row, p.row(ref))
		}
	}
}

func TestReferencesThatNoRowCanHaveAreRowZero(t *testing.T) {
	p := frozen()
	for _, ref := range []booking.Reference{0, maxRow + 1, 1 << 63, 1<<64 - 1} {
		if row := p.row(ref); row != 0 {
			t.Errorf("%d is row %d", ref, row)
		}
	}
}

func TestAnotherKeyGivesOtherReferences(t *testing.T) {
	p, q := frozen(), newPermutation(make([]byte, referenceKeyBytes))
	for row := range int64(100) {
		if p.reference(row+1) == q.reference(row+1) {
			t.Errorf("row %d has the same reference under two keys", row+1)
		}
	}
}

// One bit more in the row number changes about half of all bits, so that neighbours show nothing.
func TestNeighboursLookUnrelated(t *testing.T) {
	p, flipped := frozen(), 0
	const rows = 2000
	for row := range int64(rows) {
		for x := p.reference(row+1) ^ p.reference(row+2); x != 0; x &= x - 1 {
			flipped++
		}
	}
	if mean := float64(flipped) / rows; mean < 24 || mean > 26 {
		t.Errorf("%.2f of %d bits change", mean, booking.ReferenceBits)
	}
}

func TestAPermutationServesManyAtOnce(t *testing.T) {
	p := frozen()
	var wg sync.WaitGroup
	for i := range int64(8) {
		wg.Go(func() {
			for row := i*1000 + 1; row <= i*1000+500; row++ {
				if got := p.row(p.reference(row)); got != row {
					t.Errorf("row %d comes back as %d", row, got)
				}
			}
		})
	}
	wg.Wait()
}
