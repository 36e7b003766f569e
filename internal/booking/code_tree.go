package booking

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// Codes are access codes of an event by their texts. The zero value has none. They never change:
// [Codes.With] gives others, which share most with them, so that thousands of bookings can each
// count as a use of its own among thousands of codes.
type Codes struct{ root *codeNode }

// codeNode has the codes with lower texts on its left. A change copies the nodes on the way to it.
type codeNode struct {
	code        Code
	left, right *codeNode
}

// NewCodes makes a balanced tree of codes, whose texts differ, in any order.
func NewCodes(codes ...Code) Codes {
	return Codes{balanced(slices.SortedFunc(slices.Values(codes), func(a, b Code) int {
		return strings.Compare(a.Text, b.Text)
	}))}
}

func balanced(codes []Code) *codeNode {
	if len(codes) == 0 {
		return nil
	}
	middle := len(codes) / 2
	return &codeNode{codes[middle], balanced(codes[:middle]), balanced(codes[middle+1:])}
}

// Find gives the code of a text.
func (c Codes) Find(text string) (Code, bool) {
	for n := c.root; n != nil; {
		switch order := strings.Compare(text, n.code.Text); {
		case order < 0:
			n = n.left
		case order > 0:
			n = n.right
		default:
			return n.code, true
		}
	}
	return Code{}, false
}

// With gives the codes with one added, or in the place of the one of the same text.
func (c Codes) With(code Code) Codes { return Codes{c.root.with(code)} }

func (n *codeNode) with(code Code) *codeNode {
	if n == nil {
		return &codeNode{code: code}
	}
	changed := *n
	switch order := strings.Compare(code.Text, n.code.Text); {
	case order < 0:
		changed.left = n.left.with(code)
	case order > 0:
		changed.right = n.right.with(code)
	default:
		changed.code = code
	}
	return &changed
}

// All visits the codes in the order of their texts.
func (c Codes) All() iter.Seq[Code] {
	return func(yield func(Code) bool) { c.root.each(yield) }
}

func (n *codeNode) each(yield func(Code) bool) bool {
	return n == nil || n.left.each(yield) && yield(n.code) && n.right.each(yield)
}

// List gives the codes in the order in which they were made.
func (c Codes) List() []Code {
	return slices.SortedStableFunc(c.All(), func(a, b Code) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), strings.Compare(a.Text, b.Text))
	})
}
