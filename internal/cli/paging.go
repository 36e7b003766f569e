package cli

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"evbook/internal/storage"
)

// pageInput is what was typed about the part of a list to show.
type pageInput struct {
	limit  *string
	cursor string
	all    bool
}

func (in *pageInput) declare(cmd *cobra.Command) {
	flags := cmd.Flags()
	declareOptional(flags, &in.limit, "limit", "show `N` at most, 1 to 200 (30)")
	flags.StringVar(&in.cursor, "cursor", "",
		"`CURSOR` of the next page, which the page before names")
	flags.BoolVar(&in.all, "all", false, "show all there are")
}

// page is the first page to ask for.
func (in *pageInput) page(f *form) storage.Page {
	p := storage.Page{Limit: storage.DefaultLimit, Cursor: in.cursor}
	switch {
	case in.all && in.limit != nil:
		f.bad.Add("limit", "cannot stand together with --all")
	case in.all:
		p.Limit = storage.MaxLimit
	case in.limit != nil:
		p.Limit = f.count("limit", *in.limit)
	}
	return p
}

// more tells people at the end of a list how to see the rest of it.
func (a *app) more(cmd *cobra.Command, shown int, what, next string) {
	switch {
	case a.config.Output == formatJSON: // the envelope says so itself
	case shown == 0:
		a.note("No %s.", what)
	case next != "":
		a.note("These are %d, there are more: %s --cursor %s (or --all)", shown, typed(cmd), next)
	}
}

// typed is a command as it was typed, but for the cursor.
func typed(cmd *cobra.Command) string {
	line := cmd.CommandPath()
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.Name != "cursor" {
			line += retyped(f)
		}
	})
	return line
}

// shellWord is a text as a shell reads it. What could not be shown as it is takes the escapes of
// bash and zsh.
func shellWord(text string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@%+=,"
	if text != "" && strings.Trim(text, plain) == "" {
		return text
	}
	if visible(text) != text {
		escaped := strconv.Quote(text)
		return "$'" + strings.ReplaceAll(escaped[1:len(escaped)-1], "'", `\'`) + "'"
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
