package bench

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Operation is one kind of call that clients make.
type Operation string

// The operations.
const (
	// Book books one seat.
	Book Operation = "book"
	// Check asks whether a seat can be booked.
	Check Operation = "check"
	// Show reads an event.
	Show Operation = "show"
)

// Operations lists what there is.
func Operations() []Operation { return []Operation{Book, Check, Show} }

// maxWeight is the greatest weight of an operation.
const maxWeight = 1000

// Mix says which operations clients choose from, and how often each: its weight, by the sum of all.
type Mix struct {
	shares []share
	total  int
}

type share struct {
	operation Operation
	weight    int
}

// ParseMix reads a mix as it is typed: "book=1,check=5", each operation at most once and with a
// weight from 1 to 1000; "check" alone is "check=1". The error says what is wrong, and what would
// be right.
func ParseMix(text string) (Mix, error) {
	var m Mix
	for part := range strings.SplitSeq(text, ",") {
		name, typed, weighted := strings.Cut(strings.TrimSpace(part), "=")
		operation := Operation(name)
		if !operation.known() {
			return Mix{}, fmt.Errorf("%.40q is no operation, write %s with a weight each, "+
				"such as book=1,check=5", name, names())
		}
		weight := 1
		if weighted {
			n, err := strconv.Atoi(typed)
			if err != nil || n < 1 || n > maxWeight || strconv.Itoa(n) != typed {
				return Mix{}, fmt.Errorf("%s=%.40q must have a whole number from 1 to %d, "+
					"such as book=1,check=5", name, typed, maxWeight)
			}
			weight = n
		}
		if m.Has(operation) {
			return Mix{}, fmt.Errorf("names %s twice, write it once with the sum", name)
		}
		m.shares = append(m.shares, share{operation, weight})
		m.total += weight
	}
	return m, nil
}

// Has says whether the mix has an operation.
func (m Mix) Has(o Operation) bool {
	for _, s := range m.shares {
		if s.operation == o {
			return true
		}
	}
	return false
}

// String is the mix as [ParseMix] reads it.
func (m Mix) String() string {
	parts := make([]string, len(m.shares))
	for i, s := range m.shares {
		parts[i] = fmt.Sprintf("%s=%d", s.operation, s.weight)
	}
	return strings.Join(parts, ",")
}

// choose draws an operation.
func (m Mix) choose(random *rand.Rand) Operation {
	at := random.IntN(m.total)
	for _, s := range m.shares {
		if at -= s.weight; at < 0 {
			return s.operation
		}
	}
	panic("the weights are less than their sum")
}

func (o Operation) known() bool {
	for _, known := range Operations() {
		if o == known {
			return true
		}
	}
	return false
}

// names lists the operations in a sentence.
func names() string {
	var list []string
	for _, o := range Operations() {
		list = append(list, string(o))
	}
	last := len(list) - 1
	return strings.Join(list[:last], ", ") + " or " + list[last]
}
