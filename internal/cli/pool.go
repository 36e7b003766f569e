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

func newPool(a *app) *cobra.Command {
	group := &cobra.Command{
		Use:     "pool",
		Aliases: []string{"pools"},
		Long: `Limit the seats that some ticket types share: the balcony, a boat. A pool is a part
of the event's seats; ticket types that name it can be booked as long as both have room.`,
		Example: `  evbook pool add balcony --event 1 --capacity 20
  evbook ticket-type add "balcony seat" --event 1 --pool balcony`,
	}
	group.AddCommand(newPoolAdd(a), newPartList(a, "pool", poolListing), newPoolEdit(a))
	return group
}

// poolInput is what was typed about a pool; nil is what was not.
type poolInput struct {
	event          string
	name, capacity *string
}

func (in *poolInput) declare(cmd *cobra.Command) {
	declareEvent(cmd.Flags(), &in.event)
	declareOptional(cmd.Flags(), &in.name, "name", "`NAME` of the pool")
	declareOptional(cmd.Flags(), &in.capacity, "capacity", "`N` seats")
}

func newPoolAdd(a *app) *cobra.Command {
	var in poolInput
	const example = "evbook pool add balcony --event 1 --capacity 20"
	cmd := &cobra.Command{
		Use:     "add NAME --event ID|SLUG --capacity N",
		Short:   "Add a pool to an event",
		Example: "  " + example,
		Args:    atMostOneArgument,
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			return a.addPool(cmd.Context(), args, in, example)
		}),
	}
	in.declare(cmd)
	a.declareDryRun(cmd.Flags())
	return cmd
}

func (a *app) addPool(ctx context.Context, args []string, in poolInput, example string) error {
	var f form
	ask := booking.NewPool{Event: f.owner(in.event), Name: f.named(args, in.name)}
	if capacity := or(in.capacity, ""); f.require("capacity", capacity) {
		ask.Capacity = f.count("capacity", capacity)
	}
	if err := f.err(ask.Validate()); err != nil {
		return err.WithHint("%s", example)
	}
	added, err := askStore(ctx, a, changing, (*storage.Store).AddPool, ask)
	if err != nil {
		return err
	}
	p := added.Pool
	err = a.sayChanged(answer{
		envelope: httpapi.AddedPool(added),
		done:     fmt.Sprintf("added pool %q to event %d", p.Name, added.Event.ID),
		names:    []string{p.Name},
		text: func(page *page) {
			page.line("Added pool %s to %s: %s.", p.Name, title(added.Event),
				booking.Seats(p.Capacity))
		},
	})
	if err == nil && a.forPeople() && !a.dryRun {
		a.note("Ticket types use it: evbook ticket-type add NAME --event %d --pool %s",
			added.Event.ID, shellWord(p.Name))
	}
	return err
}

// poolListing is how the pools of an event are listed.
func poolListing(e booking.Event) listing[booking.Pool] {
	return listing[booking.Pool]{
		what:   "pools",
		record: func(p booking.Pool) httpapi.Record { return httpapi.PoolRecord(e, p) },
		name:   func(p booking.Pool) string { return p.Name },
		columns: []column{
			{title: "POOL", flexible: true}, {title: "FREE", right: true, style: freeStyle},
			{title: "SEATS", right: true}, {title: "BOOKED", right: true},
			{title: "HELD", right: true, wide: true}, {title: "WAITING", right: true, wide: true},
		},
		cells: func(p booking.Pool) []string {
			return []string{
				p.Name, strconv.Itoa(e.AvailableIn(p)), strconv.Itoa(p.Capacity),
				strconv.Itoa(p.Confirmed), strconv.Itoa(p.Held), strconv.Itoa(p.Waiting),
			}
		},
		envelope: func([]booking.Pool, string) httpapi.Envelope { return httpapi.ListedPools(e) },
		page: func(visit func(booking.Pool) error) (string, error) {
			return "", visitAll(e.Pools, nil, visit)
		},
	}
}

func newPoolEdit(a *app) *cobra.Command {
	var in poolInput
	const example = "evbook pool edit balcony --event 1 --capacity 30"
	cmd := &cobra.Command{
		Use:     "edit NAME --event ID|SLUG",
		Short:   "Change the name or the capacity of a pool",
		Example: "  " + example,
		Args:    oneArgument("the pool", example),
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			return a.editPool(cmd.Context(), args[0], in, example)
		}),
	}
	in.declare(cmd)
	a.declareDryRun(cmd.Flags())
	return cmd
}

func (a *app) editPool(ctx context.Context, name string, in poolInput, example string) error {
	var f form
	edit := booking.PoolEdit{
		Event: f.owner(in.event), Pool: name, Name: in.name,
		Capacity: f.countOf("capacity", in.capacity),
	}
	if err := f.err(edit.Validate()); err != nil {
		return err.WithHint("%s", example)
	}
	if in.name == nil && in.capacity == nil {
		return booking.Errorf(booking.Invalid, "nothing to change").WithHint("%s", example)
	}
	edited, err := askStore(ctx, a, changing, (*storage.Store).EditPool, edit)
	if err != nil {
		return err
	}
	p := edited.Pool
	return a.sayChanged(answer{
		envelope: httpapi.EditedPool(edited),
		done:     fmt.Sprintf("saved pool %q of event %d", p.Name, edited.Event.ID),
		names:    []string{p.Name},
		text: func(page *page) {
			page.line("Saved pool %s of %s: %d free of %d.", p.Name, title(edited.Event),
				edited.Event.AvailableIn(p), p.Capacity)
		},
	})
}
