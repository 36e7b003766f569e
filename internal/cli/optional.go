package cli

import (
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

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

// declareSwitch adds a switch that may be left out, which is not the same as off: the value stays
// nil then.
func declareSwitch(flags *pflag.FlagSet, on **bool, name, usage string) {
	flags.VarPF(optionalSwitch{on}, name, "", usage).NoOptDefVal = "true"
}

// optionalSwitch is the value of such a switch.
type optionalSwitch struct{ on **bool }

// Set reads true or false, as pflag does for other switches.
func (o optionalSwitch) Set(text string) error {
	on, err := strconv.ParseBool(text)
	if err == nil {
		*o.on = &on
	}
	return err
}

// String is "true" or "false".
func (o optionalSwitch) String() string {
	return strconv.FormatBool(o.on != nil && *o.on != nil && **o.on)
}

// Type makes it a switch.
func (o optionalSwitch) Type() string { return "bool" }

// repeated is the value of a flag that may be given several times, or once with commas between.
type repeated struct{ texts *[]string }

// declareRepeated adds such a flag.
func declareRepeated(flags *pflag.FlagSet, texts *[]string, name, usage string) {
	flags.Var(repeated{texts}, name, usage)
}

// Set adds what was typed.
func (r repeated) Set(text string) error {
	*r.texts = append(*r.texts, strings.Split(text, ",")...)
	return nil
}

// String is all that was typed, with commas between.
func (r repeated) String() string {
	if r.texts == nil { // pflag asks the zero value too
		return ""
	}
	return strings.Join(*r.texts, ",")
}

// Type stands in the help where the usage names no value.
func (r repeated) Type() string { return "strings" }

// or is what was typed, else the fallback.
func or(typed *string, fallback string) string {
	if typed == nil {
		return fallback
	}
	return *typed
}
