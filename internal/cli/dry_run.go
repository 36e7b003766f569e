package cli

import (
	"strconv"

	"github.com/spf13/pflag"

	"evbook/internal/booking"
)

// declareDryRun adds the flag of commands that change data.
func (a *app) declareDryRun(flags *pflag.FlagSet) {
	flags.BoolVarP(&a.dryRun, "dry-run", "n", false, "try it, then take everything back")
}

// sayChanged prints the answer of a command that has changed something, or in a dry run has not.
func (a *app) sayChanged(ans answer) error {
	if !a.dryRun {
		return a.say(ans)
	}
	text := ans.text
	ans.text = func(p *page) {
		p.to.WriteString("Dry run: ")
		text(p)
	}
	ans.envelope.DryRun = true
	ans.done = ""
	if err := a.say(ans); err != nil {
		return err
	}
	a.note("Nothing was changed.")
	return nil
}

// nameOf is a booking's reference as a name; a dry run has none for what is new.
func nameOf(b booking.Booking) []string {
	if b.Reference == 0 {
		return nil
	}
	return []string{b.Reference.String()}
}

// numberOf is an event's number as a name; a dry run has none for what is new.
func numberOf(e booking.Event) []string {
	if e.ID == 0 {
		return nil
	}
	return []string{strconv.FormatInt(e.ID, 10)}
}
