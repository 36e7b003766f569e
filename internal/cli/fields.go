package cli

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/config"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// fieldsOf lists the fields of a command's answer, in their order; none for a command that has no
// answer of this kind. They are those of its JSON.
func fieldsOf(cmd *cobra.Command) []string {
	_, path, _ := strings.Cut(cmd.CommandPath(), " ")
	switch path {
	case "event list", "event show", "event create", "event edit", "event open", "event close",
		"event cancel", "event delete":
		return httpapi.EventRecord(booking.Event{}).Names()
	case "event watch":
		return httpapi.StandingRecord(httpapi.Standing{}).Names()
	case "ticket-type list", "ticket-type add", "ticket-type edit", "ticket-type close",
		"ticket-type open":
		return httpapi.TypeRecord(booking.Event{}, booking.TicketType{}).Names()
	case "pool list", "pool add", "pool edit":
		return httpapi.PoolRecord(booking.Event{}, booking.Pool{}).Names()
	case "code list", "code add", "code disable":
		return httpapi.CodeRecord(booking.Event{}, booking.Code{}, time.Time{}).Names()
	case "book":
		if cmd.Flags().Changed("from") {
			return httpapi.RowRecord().Names()
		}
		return envelopeFields(httpapi.Booked(booking.Receipt{}))
	case "hold create", "waitlist join", "booking transfer":
		return envelopeFields(httpapi.Booked(booking.Receipt{}))
	case "booking list", "booking show", "booking cancel", "hold list", "hold show", "hold confirm",
		"hold extend", "hold release", "booking edit", "booking change", "booking move",
		"waitlist list", "waitlist leave":
		return httpapi.BookingRecord(booking.Booking{}).Names()
	case "token list", "token show", "token revoke":
		return httpapi.TokenRecord(booking.Token{}, time.Time{}).Names()
	case "token create", "token rotate":
		return envelopeFields(httpapi.CreatedToken(booking.IssuedToken{}, time.Time{}))
	case "waitlist explain":
		return envelopeFields(httpapi.Explained(booking.Wait{}))
	case "check":
		return envelopeFields(httpapi.Checked(booking.Availability{}))
	case "log":
		return httpapi.EntryRecord(booking.Entry{}).Names()
	case "verify":
		return envelopeFields(httpapi.Verified(storage.Report{}))
	case "booking forget":
		return envelopeFields(httpapi.Forgotten(storage.Erasure{}))
	case "backup":
		return envelopeFields(httpapi.BackedUp(storage.Backup{}))
	case "doctor":
		return httpapi.RecordOf(diagnosisView{}).Names()
	case "bench":
		return httpapi.RecordOf(benchView{}).Names()
	case "move":
		return httpapi.RecordOf(relocatedView{}).Names()
	case "migrate status":
		return httpapi.RecordOf(schemaView{}).Names()
	case "migrate up":
		return httpapi.RecordOf(migrationView{}).Names()
	case "version":
		return httpapi.RecordOf(build{}).Names()
	case "config show", "config get", "config set":
		return httpapi.RecordOf(settingView{}).Names()
	case "config path", "config init", "config validate":
		return httpapi.RecordOf(pathView{}).Names()
	}
	return nil
}

func envelopeFields(e httpapi.Envelope) []string { return httpapi.RecordOf(e.Data).Names() }

// pick reads the value of --fields before anything is done. It gives the places of the fields, nil
// for all of them.
func pick(cmd *cobra.Command, typed *string, format string) ([]int, error) {
	if typed == nil {
		return nil, nil
	}
	var f form
	known := fieldsOf(cmd)
	switch {
	case len(known) == 0:
		f.bad.Add("fields", cmd.CommandPath()+" has no fields to pick from")
	case format == formatName:
		f.bad.Add("fields", "cannot stand together with -o name")
	}
	if err := f.err(nil); err != nil {
		return nil, err
	}
	var picked []int
	for name := range strings.SplitSeq(*typed, ",") {
		i := slices.Index(known, strings.TrimSpace(name))
		if i < 0 {
			return nil, unknownField(name, known)
		}
		picked = append(picked, i)
	}
	return picked, nil
}

// unknownField lists the fields that there are, so that --fields help shows them.
func unknownField(name string, known []string) error {
	all := strings.Join(known, ",")
	if name == "help" {
		return booking.Errorf(booking.Invalid, "--fields: there are %s", all)
	}
	err := booking.Errorf(booking.Invalid, "--fields: no field %q, there are %s", name, all)
	if near := config.Nearest(name, known); near != "" {
		return err.WithHint("did you mean %q?", near)
	}
	return err
}
