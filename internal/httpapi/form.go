package httpapi

import (
	"errors"
	"slices"
	"strings"

	"evbook/internal/booking"
)

// maxFields is the most fields or parameters a request may carry; a hostile one could have
// thousands, and each is looked for among the others.
const maxFields = 50

// usualFields is how many fields there are at most in nearly all requests.
const usualFields = 8

// form notes which fields a request carried and what is wrong with them, so that all of it is told
// at once. The first complaint about a field counts.
type form struct {
	seen []string
	bad  booking.Fields
}

// meet notes that a field was carried, and complains when it was before.
func (f *form) meet(name string) (first bool) {
	if f.has(name) {
		f.complain(clip(name), "is given twice; give it once")
		return false
	}
	if f.seen == nil {
		f.seen = make([]string, 0, usualFields)
	}
	f.seen = append(f.seen, name)
	return true
}

func (f *form) has(name string) bool { return slices.Contains(f.seen, name) }

// complain notes why a field is bad; an empty reason notes nothing.
func (f *form) complain(name, reason string) {
	told := func(field booking.Field) bool { return field.Name == name }
	if !slices.ContainsFunc(f.bad, told) {
		f.bad.Add(name, reason)
	}
}

// unknown complains about a field that the request cannot have.
func (f *form) unknown(name string, known []string) {
	reason := "is unknown; there are none here"
	if near := nearest(name, known); near != "" {
		reason = "is unknown; did you mean " + near + "?"
	} else if len(known) > 0 {
		reason = "is unknown; known are " + strings.Join(known, ", ")
	}
	f.complain(clip(name), reason)
}

// require complains about fields that the request must have and lacks.
func (f *form) require(names ...string) {
	for _, name := range names {
		if !f.has(name) {
			f.complain(name, "is missing")
		}
	}
}

// reasonOf notes the text of an error as the reason why a field is bad; nil notes nothing.
func (f *form) reasonOf(name string, err error) {
	if err != nil {
		f.complain(name, err.Error())
	}
}

// note adds what the rules say about the same request; nil adds nothing. Where a field could not
// even be read, what the rules say about it is beside the point.
func (f *form) note(rules error) {
	if broken, ok := errors.AsType[*booking.Error](rules); ok {
		for _, field := range broken.Fields {
			f.complain(field.Name, field.Reason)
		}
	}
}

// given is the value of a field that the body has, nil for one that it has not.
func given[T any](f *form, name string, value *T) *T {
	if !f.has(name) {
		return nil
	}
	return value
}

// err names all bad fields as one [booking.Invalid] error; nil when there are none.
func (f *form) err() error { return f.bad.Err() }
