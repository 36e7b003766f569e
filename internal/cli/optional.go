package cli

import "github.com/spf13/pflag"

// optional is the value of a flag that may be given empty, which is not the same as left out: the
// text stays nil then.
type optional struct{ text **string }

// declareOptional adds such a flag.
func declareOptional(flags *pflag.FlagSet, text **string, name, usage string) {
	flags.Var(optional{text}, name, usage)
}

// declareKey adds the flag of commands that can be repeated safely.
func declareKey(flags *pflag.FlagSet, key **string) {
	declareOptional(flags, key, "idempotency-key", "`KEY` that makes repeating safe")
}

// Set keeps what was typed.
func (o optional) Set(text string) error {
	*o.text = &text
	return nil
}

// String is what was typed, "" when nothing was.
func (o optional) String() string {
	if o.text == nil { // pflag asks the zero value too
		return ""
	}
	return or(*o.text, "")
}

// Type stands in the help where the usage names no value.
func (o optional) Type() string { return "string" }

// or is what was typed, else the fallback.
func or(typed *string, fallback string) string {
	if typed == nil {
		return fallback
	}
	return *typed
}
