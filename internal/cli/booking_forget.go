package cli

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

const forgetExample = "evbook booking forget ada@example.org"

func newBookingForget(a *app) *cobra.Command {
	var in forgetInput
	cmd := &cobra.Command{
		Use:   "forget EMAIL | --ref REFERENCE | --expired",
		Short: "Erase the personal data of a customer",
		Long: `Erase personal data from bookings for good: e-mail, name, note and the reason of a
cancellation. Seats, totals, statuses, references, times and the journal stay, so that all counts
stay true. The text is gone from the files of the database too, unless others are reading in that
moment: then it says so, and has to be run again. Backups, exports and what others have read before
keep what they have.

An address is looked for in all bookings, in upper or lower case; --ref is for one booking, which
may have no e-mail. This cannot be undone, so it is asked for on a terminal and takes --yes
elsewhere.

--expired erases what is older than the configured retention, without asking: personal data of
events that ended (or began, when they have no end) that long ago and, of events without times, of
bookings made that long ago. evbook serve does it by itself when it starts and once an hour.`,
		Example: "  " + forgetExample + `
  evbook booking forget --ref ` + exampleReference + ` --yes
  EVBOOK_RETENTION=730d evbook booking forget --expired`,
		Args: atMostOneArgument,
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			in.email = args
			ask, err := a.forgetting(in)
			if err != nil {
				return err
			}
			return a.forget(cmd.Context(), ask, in.yes || in.expired)
		}),
	}
	flags := cmd.Flags()
	declareOptional(flags, &in.reference, "ref", "`REFERENCE` of the one booking to forget")
	flags.BoolVar(&in.expired, "expired", false, "erase what is older than the retention")
	flags.BoolVarP(&in.yes, "yes", "y", false, "do it without asking")
	a.declareDryRun(flags)
	return cmd
}

// forgetInput is what was typed after booking forget.
type forgetInput struct {
	// email is the address, or nothing.
	email        []string
	reference    *string
	expired, yes bool
}

// forgetting reads what was typed. It must say in one way whose data is meant.
func (a *app) forgetting(in forgetInput) (ask booking.Forgetting, err error) {
	ways := len(in.email)
	for _, given := range []bool{in.reference != nil, in.expired} {
		if given {
			ways++
		}
	}
	switch {
	case ways == 0:
		return ask, booking.Errorf(booking.Invalid, "the e-mail is missing").
			WithHint("%s, or --ref, or --expired", forgetExample)
	case ways > 1:
		return ask, booking.Errorf(booking.Invalid,
			"an e-mail, --ref and --expired cannot stand together").
			WithHint("forget one after the other")
	case in.reference != nil:
		if ask.Booking, err = booking.ParseReference(*in.reference); err != nil {
			return ask, badReference(err)
		}
	case in.expired:
		if ask.Retention = a.config.KeptFor(); ask.Retention == 0 {
			return ask, booking.Errorf(booking.Invalid,
				"no retention is set: personal data is kept for ever").
				WithHint("evbook config set retention 730d, or EVBOOK_RETENTION=730d")
		}
	default:
		ask.Email = in.email[0]
	}
	return ask, ask.Validate()
}

func (a *app) forget(ctx context.Context, ask booking.Forgetting, agreed bool) error {
	var done storage.Erasure
	err := a.withStore(ctx, changing, func(store *storage.Store) (err error) {
		// In a dry run the person would be asked, and could agree.
		if !agreed && !(a.dryRun && a.canAsk()) {
			if err := a.agreeToForget(ctx, store, ask); err != nil {
				return err
			}
		}
		done, err = store.Forget(ctx, ask)
		return err
	})
	if err != nil {
		return err
	}
	if done.InLog {
		a.note("Others are reading: the erased text can be found in the files of %s until this is "+
			"run again without them.", a.database())
	}
	envelope := httpapi.Forgotten(done)
	return a.sayChanged(answer{
		envelope: envelope,
		done:     envelope.Message,
		names:    []string{strconv.Itoa(done.Bookings)},
		text: func(p *page) {
			if done.Bookings == 0 {
				p.line("There is nothing to erase.")
				return
			}
			p.line("Erased the personal data of %s.", bookings(done.Bookings))
		},
	})
}

// agreeToForget asks a person, and refuses where there is none.
func (a *app) agreeToForget(
	ctx context.Context, store *storage.Store, ask booking.Forgetting,
) error {
	n, err := store.Concerned(ctx, ask)
	if err != nil {
		return err
	}
	if !a.canAsk() {
		return booking.Errorf(booking.Conflict,
			"this would erase the personal data of %s for good", bookings(n)).
			WithHint("--yes does it")
	}
	yes, err := a.confirm(ctx,
		fmt.Sprintf("Erase the personal data of %s for good?", bookings(n)))
	if err == nil && !yes {
		err = booking.Errorf(booking.Conflict, "nothing was erased")
	}
	return err
}

// bookings writes a number of bookings for people.
func bookings(n int) string {
	if n == 1 {
		return "1 booking"
	}
	return fmt.Sprintf("%d bookings", n)
}
