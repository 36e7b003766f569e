package cli

import (
	"fmt"

	"github.com/spf13/pflag"

	"evbook/internal/booking"
)

// fieldVersion is the name by which errors call the version that was typed.
const fieldVersion = "if_version"

// declareIfVersion adds the flag of commands that may be told how the event was seen.
func (a *app) declareIfVersion(flags *pflag.FlagSet) {
	declareOptional(flags, &a.ifVersion, "if-version",
		"only if it is still in version `N`, which -o json shows")
}

// seen is the version in which the event was seen that is to be changed, any if none was typed.
func (a *app) seen() (booking.Condition, error) {
	if a.ifVersion == nil {
		return booking.Condition{}, nil
	}
	var f form
	n := f.count(fieldVersion, *a.ifVersion)
	if n < 1 && !f.has(fieldVersion) {
		f.bad.Add(fieldVersion, fmt.Sprintf("must be 1 or more, got %d", n))
	}
	return booking.Condition{Versions: []int64{int64(n)}}, f.bad.Err()
}
