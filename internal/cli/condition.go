package cli

import (
	"fmt"

	"github.com/spf13/pflag"

	"evbook/internal/booking"
)

// fieldVersion is the name by which errors call the version that was typed.
const fieldVersion = "if_version"

// conditionInput is what was typed about the version of an event that a command may change.
type conditionInput struct{ version *string }

func (in *conditionInput) declare(flags *pflag.FlagSet) {
	declareOptional(flags, &in.version, "if-version",
		"only if it is still in version `N`, which -o json shows")
}

// condition reads what was typed; without a version it is met by any.
func (in conditionInput) condition() (booking.Condition, error) {
	if in.version == nil {
		return booking.Condition{}, nil
	}
	var f form
	n := f.count(fieldVersion, *in.version)
	if n < 1 && !f.has(fieldVersion) {
		f.bad.Add(fieldVersion, fmt.Sprintf("must be 1 or more, got %d", n))
	}
	return booking.Condition{Versions: []int64{int64(n)}}, f.bad.Err()
}
