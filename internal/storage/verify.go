package storage

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// maxFindings bounds a report; one broken page can break thousands of rows.
const maxFindings = 100

// Report is what a verification found.
type Report struct {
	// Events, Bookings and Entries (of the journal) say how much was looked at.
	Events, Bookings, Entries int
	// Findings is empty when all is sound. It holds at most a hundred.
	Findings []Finding
}

// Finding is one thing that must not be.
type Finding struct {
	// Check names the rule that is broken.
	Check string
	// Detail names the event or booking, with the numbers that differ.
	Detail string
}

// Verify checks the database from the outside: SQLite's own integrity check, the foreign keys, and
// every seat, recomputed from the bookings and from the journal. It looks at one moment, while
// others go on booking. What it finds is in the report; an error means that it could not look.
// Errors: Forbidden.
func (s *Store) Verify(ctx context.Context) (Report, error) {
	if err := cmp.Or(s.caller.Scope.OwnerOnly(), s.read.source.check()); err != nil {
		return Report{}, err
	}
	report, err := s.verify(ctx, true)
	return report, s.classify(err)
}

// verify judges the structure too unless it is that of a copy, which is as good as its original.
// Of a schema that a newer evbook has made, only what will always hold is judged.
func (s *Store) verify(ctx context.Context, structure bool) (Report, error) {
	v := &verification{ctx: ctx, refs: s.refs}
	_, err := s.read.source.moment(ctx, func(at view) error {
		v.view = at
		v.everything(s.read.source, s.dialect, structure)
		return nil
	})
	return v.report, cmp.Or(s.read.source.ended(v), err)
}

// everything looks at all there is to look at.
func (v *verification) everything(from source, d dialect, structure bool) {
	v.count(&v.schema, d.schema)
	from.inspect(v, structure)
	readable := v.schema > schemaVersion || v.readable()
	for _, i := range invariants {
		if v.schema < i.since || !i.lasting && v.schema > schemaVersion ||
			!readable && (i.json || i.elements != "") {
			continue
		}
		v.collect(i.check, strings.ReplaceAll(i.query, "{elements}", d.elementsOf(i.elements)))
	}
	if v.schema == schemaVersion {
		v.folded()
	}
	v.count(&v.report.Events, `SELECT count(*) FROM events`)
	v.count(&v.report.Bookings, `SELECT count(*) FROM bookings`)
	v.count(&v.report.Entries, `SELECT count(*) FROM journal`)
}

// verification is a verification under way. The first error ends it.
type verification struct {
	ctx    context.Context // of the one call that this value lives for
	view   view
	refs   *permutation
	schema int // the number of its schema
	report Report
	err    error
}

// each calls found for every row of a query.
func (v *verification) each(query string, found func(scanner) error) {
	if v.err != nil {
		return
	}
	v.err = v.view.each(v.ctx, found, query)
}

// collect notes what breaks an invariant. Bookings are named by their references: row numbers stay
// in here.
func (v *verification) collect(check, query string) {
	v.each(query, func(scan scanner) error {
		var row sql.NullInt64
		var detail string
		if err := scan(&row, &detail); err != nil {
			return err
		}
		if row.Valid {
			detail = fmt.Sprintf("booking %s %s", v.refs.reference(row.Int64), detail)
		}
		v.note(check, detail)
		return nil
	})
}

func (v *verification) note(check, detail string) {
	if len(v.report.Findings) < maxFindings {
		v.report.Findings = append(v.report.Findings, Finding{check, detail})
	}
}

func (v *verification) count(into *int, query string) {
	v.each(query, func(scan scanner) error { return scan(into) })
}
