package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"evbook/internal/booking"
	"evbook/internal/config"
)

// filterInput is what was typed about the rows that a list is to have and about their order; nil
// is what was not.
type filterInput struct {
	status, since, until, search, sort *string
}

// declare adds the flags; span says in the help which time since and until are about, known are the
// states, and sorts the names to sort by.
func (in *filterInput) declare(
	flags *pflag.FlagSet, span, searched string, known, sorts []string,
) {
	declareOptional(flags, &in.status, "status",
		"only in one of these `STATES`, with commas between: "+strings.Join(known, ", "))
	declareOptional(flags, &in.since, "since", "only "+span+" at this `TIME` or later")
	declareOptional(flags, &in.until, "until", "only "+span+" before this `TIME`")
	declareOptional(flags, &in.search, "search", "only with this `TEXT` in "+searched)
	declareOptional(flags, &in.sort, "sort",
		"by this `FIELD`, -FIELD for descending: "+strings.Join(sorts, ", ")+" ("+sorts[0]+")")
}

// span reads since and until.
func (in *filterInput) span(a *app, f *form) (since, until time.Time) {
	if in.since == nil && in.until == nil {
		return
	}
	zone := a.clocks(f)
	return f.given("since", in.since, zone, a.env.Now()), f.given("until", in.until, zone,
		a.env.Now())
}

// clocks is the zone in which times are read and shown where nothing else says which.
func (a *app) clocks(f *form) *time.Location {
	name, _ := a.zone()
	zone, err := booking.LoadZone(name)
	if err != nil {
		f.fail(fieldZone, err)
		return time.UTC
	}
	return zone
}

// given reads the time of a flag that must not be empty; nil is the zero time.
func (f *form) given(name string, typed *string, zone *time.Location, now time.Time) time.Time {
	if typed == nil || !f.require(name, *typed) {
		return time.Time{}
	}
	t, err := booking.ParseBound(*typed, zone, now)
	f.fail(name, err)
	if err == nil {
		// The command that is shown for the next page must mean the same time, whenever it is run.
		*typed = t.Format(time.RFC3339)
	}
	return t
}

// words reads the text of a flag that must not be empty; nil is "".
func (f *form) words(name string, typed *string) string {
	if typed != nil {
		f.require(name, *typed)
	}
	return or(typed, "")
}

// order reads the name to sort by, and says which one was meant where it is not one of the list.
func (in *filterInput) order(f *form, sorts []string) string {
	typed := f.words("sort", in.sort)
	name, minus := strings.CutPrefix(typed, "-")
	near := config.Nearest(name, sorts)
	if slices.Contains(sorts, name) || near == "" {
		return typed
	}
	if minus {
		near = "-" + near
	}
	f.bad.Add("sort", fmt.Sprintf("cannot be %.40q, did you mean %q? There are %s", typed, near,
		strings.Join(sorts, ", ")))
	return ""
}

// texts are the words of a list of states.
func texts[S ~string](states []S) []string {
	words := make([]string, len(states))
	for i, state := range states {
		words[i] = string(state)
	}
	return words
}

// states reads names with commas between. Which ones there are is for the list to say.
func states[S ~string](f *form, typed *string) (list []S) {
	for word := range strings.SplitSeq(f.words("status", typed), ",") {
		if word = strings.TrimSpace(word); word != "" {
			list = append(list, S(word))
		}
	}
	if or(typed, "") != "" && len(list) == 0 {
		f.bad.Add("status", fmt.Sprintf("%.40q names no state", *typed))
	}
	return list
}
