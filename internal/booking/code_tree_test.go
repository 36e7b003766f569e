package booking

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestCodesAreWhatWasPutInAndNeverChange compares the tree with a map, and every former tree with
// what it was.
func TestCodesAreWhatWasPutInAndNeverChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		codes, want := Codes{}, map[string]Code{}
		var trees []Codes
		var lists [][]Code
		for range rapid.IntRange(0, 20).Draw(t, "changes") {
			c := Code{
				Text:      rapid.SampledFrom([]string{"A", "B", "C", "D", "E"}).Draw(t, "text"),
				Uses:      rapid.IntRange(1, 9).Draw(t, "uses"),
				CreatedAt: time.Unix(rapid.Int64Range(0, 3).Draw(t, "made"), 0),
			}
			codes, want[c.Text] = codes.With(c), c
			if rapid.Bool().Draw(t, "balanced anew") {
				codes = NewCodes(codes.List()...)
			}
			trees, lists = append(trees, codes), append(lists, codes.List())
		}
		for i, tree := range trees {
			if got := tree.List(); !same(got, lists[i]) {
				t.Fatalf("tree %d has become %v, was %v", i, got, lists[i])
			}
		}
		all := slices.Collect(codes.All())
		if len(all) != len(want) || !slices.IsSortedFunc(all, func(a, b Code) int {
			return strings.Compare(a.Text, b.Text)
		}) {
			t.Fatalf("got %v, want %v", all, want)
		}
		for text, c := range want {
			if got, ok := codes.Find(text); !ok || !same(got, c) {
				t.Fatalf("%s: got %+v, %t, want %+v", text, got, ok, c)
			}
		}
		if _, ok := codes.Find("F"); ok {
			t.Fatal("a code was found that was never put in")
		}
	})
}
