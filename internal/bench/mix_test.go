package bench

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestMixesAreReadAsTyped(t *testing.T) {
	for typed, want := range map[string]string{
		"book=1": "book=1", "book": "book=1", "book=1,check=5": "book=1,check=5",
		" check=1000 , show": "check=1000,show=1",
	} {
		m, err := ParseMix(typed)
		if err != nil || m.String() != want {
			t.Errorf("%q: got %q, %v, want %q", typed, m, err, want)
		}
	}
	for typed, says := range map[string]string{
		"": `"" is no operation, write book, check or show`, "bok=1": `"bok" is no operation`,
		"book=1,": `"" is no operation`, "book=0": "a whole number from 1 to 1000",
		"book=1001": `book="1001" must have`, "book=-1": "from 1", "book=1.5": "from 1",
		"book=01": "from 1", "book=": "from 1", "book=1=2": `book="1=2"`,
		"book,check,book=2": "names book twice", "BOOK": "is no operation",
		strings.Repeat("x", 10_000): "is no operation",
	} {
		_, err := ParseMix(typed)
		if err == nil || !strings.Contains(err.Error(), says) || len(err.Error()) > 200 {
			t.Errorf("%.40q: got %v, want %q", typed, err, says)
		}
	}
}

func TestOperationsAreChosenByTheirWeights(t *testing.T) {
	m, err := ParseMix("book=1,check=5,show=2")
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(5, 6))
	chosen := map[Operation]int{}
	for range 80_000 {
		chosen[m.choose(random)]++
	}
	for operation, want := range map[Operation]int{Book: 10_000, Check: 50_000, Show: 20_000} {
		if off := chosen[operation] - want; off < -1000 || off > 1000 {
			t.Errorf("%s was chosen %d times, want about %d", operation, chosen[operation], want)
		}
	}
}
