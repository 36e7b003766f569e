package cli

import (
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"evbook/internal/booking"
	"evbook/internal/config"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// inOrder keeps shells from sorting what is offered, and from offering files with it.
const inOrder = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder

// complete answers shells that ask what may stand at a place of the command line. Nothing of it is
// prepared unless one asks, since every other command would pay for it at its start.
func (a *app) complete(root *cobra.Command) {
	root.SetErr(io.Discard) // cobra explains there what it did
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	prepareFlags(root)
	for _, c := range a.completions() {
		c.register(root)
	}
}

// prepareFlags makes the flags of a command and all below it fit for completion: they may be set
// twice, since cobra reads the line twice, and what they are for is shown without its markup.
func prepareFlags(c *cobra.Command) {
	prepare := func(f *pflag.Flag) {
		if once, ok := f.Value.(*onceValue); ok {
			f.Value = once.Value
		}
		_, f.Usage = pflag.UnquoteUsage(f)
	}
	c.Flags().VisitAll(prepare)
	c.PersistentFlags().VisitAll(prepare)
	for _, sub := range c.Commands() {
		prepareFlags(sub)
	}
}

// completion is what to offer at one place. Where no completion says otherwise, nothing is offered,
// not even files.
type completion struct {
	// command names a command without the program, and "" the program itself.
	command string
	// flag is the flag whose value is completed; "" is the first argument.
	flag  string
	offer cobra.CompletionFunc
}

// find gives the command and, unless the place is the argument, the flag; nil is what is missing.
func (c completion) find(root *cobra.Command) (*cobra.Command, *pflag.Flag) {
	cmd, rest, err := root.Find(strings.Fields(c.command))
	if err != nil || len(rest) > 0 {
		return nil, nil
	}
	return cmd, cmd.Flag(c.flag)
}

// register makes the offer known to cobra, unless somebody else has an offer for the place.
func (c completion) register(root *cobra.Command) {
	cmd, flag := c.find(root)
	switch {
	case cmd == nil:
	case c.flag == "" && cmd.ValidArgsFunction == nil:
		cmd.ValidArgsFunction = firstOnly(c.offer)
	case flag != nil:
		// It fails only for a flag that has an offer already.
		_ = cmd.RegisterFlagCompletionFunc(c.flag, c.offer)
	}
}

// firstOnly offers nothing for any argument but the first.
func firstOnly(offer cobra.CompletionFunc) cobra.CompletionFunc {
	return func(
		cmd *cobra.Command, args []string, typed string,
	) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return offer(cmd, args, typed)
	}
}

// completions lists every place where something is offered, beside the names of commands and flags,
// which cobra knows.
func (a *app) completions() []completion {
	files := cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
	currencies := words(booking.Currencies()...)
	places := []completion{
		{"", "db", files}, {"", "dsn-file", files}, {"", "config", files},
		{"bench", "mix", list(benchOperations)},
		{"backup", "out", files}, {"move", "from", files},
		{"book", "from", files}, {"book", "on-error", words(onErrorStop, onErrorSkip)},
		{"serve", "addr-file", files}, {"serve", "tls-cert", files}, {"serve", "tls-key", files},
		{"serve", "log-format", words(config.LogFormats()...)},
		{"openapi", "format", words(httpapi.OpenAPIFormats()...)},
		{"", "output", formats()}, {"", "color", words(config.Colors()...)},
		{"", "fields", list(fieldsOf)},
		{"event create", "currency", currencies}, {"event edit", "currency", currencies},
		{"event list", "sort", sorts(storage.EventSorts())},
		{"booking list", "sort", sorts(storage.BookingSorts())},
		{"hold list", "sort", sorts(storage.BookingSorts())},
		{"waitlist list", "sort", sorts(storage.BookingSorts())},
		{"event list", "status", list(eventStates)},
		{"booking list", "status", list(bookingStates)},
		{"hold list", "status", list(bookingStates)},
		{"waitlist list", "status", list(bookingStates)},
	}
	return slices.Concat(places, a.liveCompletions(), a.planCompletions(), a.tokenCompletions())
}

// words offers what is always the same.
func words(list ...cobra.Completion) cobra.CompletionFunc {
	return cobra.FixedCompletions(list, inOrder)
}

// formats offers the formats of answers.
func formats() cobra.CompletionFunc {
	var offers []cobra.Completion
	for _, format := range config.Formats() {
		offers = append(offers, cobra.CompletionWithDesc(format, formatAbout(format)))
	}
	return words(offers...)
}

// sorts offers what a list can be sorted by, upwards and downwards.
func sorts(names []string) cobra.CompletionFunc {
	var offers []cobra.Completion
	for _, name := range names {
		offers = append(offers, name, "-"+name)
	}
	return words(offers...)
}

func eventStates(*cobra.Command) []string { return texts(booking.EventStatuses()) }

func bookingStates(*cobra.Command) []string { return texts(booking.Statuses()) }

// list offers words that may stand together, with commas between.
func list(words func(*cobra.Command) []string) cobra.CompletionFunc {
	return func(
		cmd *cobra.Command, _ []string, typed string,
	) ([]cobra.Completion, cobra.ShellCompDirective) {
		return nextInList(words(cmd), typed)
	}
}

// nextInList offers the words that may follow in a list with commas, each at most once.
func nextInList(words []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	before := typed[:strings.LastIndex(typed, ",")+1]
	given := strings.Split(before, ",")
	var offers []cobra.Completion
	for _, word := range words {
		if !slices.Contains(given, word) {
			offers = append(offers, before+word)
		}
	}
	return offers, inOrder | cobra.ShellCompDirectiveNoSpace
}
