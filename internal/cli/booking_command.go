package cli

import (
	"context"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// exampleReference stands for the booking in the examples.
const exampleReference = "EVB-7K3M9-9QXT4-K"

// notAmended is what was not done now of a change that is shown as things are by now.
const notAmended = "changed now. The booking is shown as it is now"

// judged is a request of which the rules can say what is wrong before it is made.
type judged interface{ Validate() error }

// bookingCommand is what a command does to the one booking that is its argument. Q is what is asked
// of the store, and A its answer.
type bookingCommand[Q judged, A any] struct {
	// request makes sense of what was typed beside the reference, which the rules judge then. An
	// error of its own tells more than theirs would.
	request func(*form, booking.Reference, booking.Key) (Q, error)
	do      func(*storage.Store, context.Context, Q) (A, error)
	// undone says what was not done now, when the answer is that of an earlier request.
	undone string
	// tell gives the answer, and whether it is that of an earlier request.
	tell func(A) (ans answer, replayed bool)
}

// onBooking completes a command that changes one booking. Each of them can be repeated safely, with
// a key, and be tried before it is done.
func onBooking[Q judged, A any](
	a *app, cmd *cobra.Command, c bookingCommand[Q, A],
) *cobra.Command {
	var key *string
	declareKey(cmd.Flags(), &key)
	a.declareDryRun(cmd.Flags())
	cmd.RunE = a.run(func(cmd *cobra.Command, args []string) error {
		return c.run(cmd.Context(), a, args[0], key)
	})
	return cmd
}

func (c bookingCommand[Q, A]) run(ctx context.Context, a *app, typed string, key *string) error {
	var f form
	reference, unreadable := booking.ParseReference(typed)
	request, err := c.request(&f, reference, f.key(key))
	if err != nil {
		return err
	}
	if err := f.err(request.Validate()); err != nil {
		return err
	}
	if unreadable != nil {
		return badReference(unreadable)
	}
	done, err := askStore(ctx, a, changing, c.do, request)
	if err != nil {
		return err
	}
	ans, replayed := c.tell(done)
	if replayed {
		a.note("This key was used before: nothing was %s.", c.undone)
	}
	ans.names = []string{reference.String()}
	return a.sayChanged(ans)
}
