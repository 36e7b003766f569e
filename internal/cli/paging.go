package cli

import (
	"github.com/spf13/cobra"

	"evbook/internal/storage"
)

// largestPage is the most that storage gives at once.
const largestPage = 200

// pageInput is what was typed about the part of a list to show.
type pageInput struct {
	limit, cursor string
	all           bool
}

func (in *pageInput) declare(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&in.limit, "limit", "", "show `N` at most, 1 to 200 (30)")
	flags.StringVar(&in.cursor, "cursor", "", "`CURSOR` that the last page ended with")
	flags.BoolVar(&in.all, "all", false, "show all there are")
}

// page is the first page to ask for.
func (in *pageInput) page(f *form) storage.Page {
	p := storage.Page{Cursor: in.cursor}
	switch {
	case in.all && in.limit != "":
		f.bad.Add("limit", "cannot stand together with --all")
	case in.all:
		p.Limit = largestPage
	case in.limit != "":
		// Zero means the default to storage; nobody types it to mean that.
		if p.Limit = f.count("limit", in.limit); p.Limit == 0 && !f.has("limit") {
			f.bad.Add("limit", "must be from 1 to 200, got 0")
		}
	}
	return p
}

// each asks for the first page and, when all are wanted, for every further one.
func (in *pageInput) each(p storage.Page, fetch func(storage.Page) (next string, err error)) error {
	for {
		next, err := fetch(p)
		if err != nil || next == "" || !in.all {
			return err
		}
		p.Cursor = next
	}
}

// more tells people at the end of a list how to see the rest of it.
func (a *app) more(shown int, what, command, next string) {
	if a.config.Output == formatJSON {
		return // the envelope says so itself
	}
	switch {
	case shown == 0:
		a.note("No %s.", what)
	case next != "":
		a.note("These are %d, there are more: %s --cursor %s (or --all)", shown, command, next)
	}
}
