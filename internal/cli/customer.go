package cli

import "github.com/spf13/pflag"

// customerInput is what was typed about the customer of a booking.
type customerInput struct{ email, name, note string }

// declare adds the flags; who says in the help whom they are about.
func (in *customerInput) declare(flags *pflag.FlagSet, who string) {
	flags.StringVar(&in.email, "email", "", "e-mail `ADDRESS` of "+who)
	flags.StringVar(&in.name, "name", "", "`NAME` of "+who)
	flags.StringVar(&in.note, "note", "", "`TEXT` to keep with the booking")
}
