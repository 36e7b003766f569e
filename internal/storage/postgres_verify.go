package storage

import (
	_ "embed"
	"maps"
	"slices"
	"strings"
)

// postgresStructure has a line for each thing that the migrations make, up to the newest schema:
// what it is and how it is called, a colon, and what it is like.
//
//go:embed postgres/structure.txt
var postgresStructure string

// inspect looks at the structure, and for what has no foreign key: the server checks its pages and
// the others itself.
func (s *pgSource) inspect(v *verification, structure bool) {
	if structure && v.schema <= schemaVersion {
		v.postgresStructure()
	}
	v.collect("bookings of the journal", `
		SELECT NULL, format('event %s: entry %s is about a booking that is not there', event_id,
			event_seq)
		FROM journal j WHERE booking_id IS NOT NULL
			AND NOT EXISTS (SELECT 1 FROM bookings b WHERE b.id = j.booking_id)
		ORDER BY event_id, event_seq`)
}

// ended takes what is missing, or does not have the form that it must have, for a finding: a table,
// a column, or a number in JSON.
func (s *pgSource) ended(v *verification) error {
	switch code := postgresCode(v.err); {
	case code == "42P01", code == "42703", strings.HasPrefix(code, "22"):
		if len(v.report.Findings) == 0 {
			v.note(atStructure, v.err.Error())
		}
		return nil
	}
	return v.err
}

// atStructure is the check that finds what is wrong with a structure.
const atStructure = "structure of the database"

// postgresStructure compares the tables, with all that guards or fills them, with those that evbook
// makes. What else is in their schema is nobody's business.
func (v *verification) postgresStructure() {
	wanted := ownPostgresStructure()
	v.each(selectPostgresStructure(), func(scan scanner) error {
		var name, text string
		err := scan(&name, &text)
		switch want, known := wanted[name]; {
		case err != nil:
			return err
		case !known:
			v.note(atStructure, name+" is not evbook's")
		case want != text:
			v.note(atStructure, name+" is not as evbook makes it")
		}
		delete(wanted, name)
		return nil
	})
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		v.note(atStructure, name+" is missing")
	}
}

// ownPostgresStructure is what things are like, by their names.
func ownPostgresStructure() map[string]string {
	wanted := map[string]string{}
	for line := range strings.Lines(postgresStructure) {
		name, text, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		wanted[name] = text
	}
	return wanted
}

// selectPostgresStructure lists what evbook's tables are like, in words that all servers have in
// common: some count NOT NULL among the constraints, some do not.
func selectPostgresStructure() string {
	return `WITH own AS (
	SELECT oid AS own, relname AS name FROM pg_class WHERE relkind = 'r'
		AND relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'meta'::regclass)
		AND relname = ANY ('{meta,` + strings.Join(writtenTables(), ",") + `}'))
	SELECT 'table ' || name, 'a table' FROM own
	UNION ALL SELECT 'column ' || name || '.' || attname, format_type(atttypid, atttypmod)
			|| coalesce(' ' || (SELECT collname FROM pg_collation c WHERE c.oid = attcollation), '')
			|| CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END
			|| CASE attidentity WHEN '' THEN '' ELSE ' identity' END
			|| coalesce(' DEFAULT ' || (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef
				WHERE adrelid = attrelid AND adnum = attnum), '')
		FROM own JOIN pg_attribute ON attrelid = own AND attnum > 0 AND NOT attisdropped
	UNION ALL SELECT 'constraint ' || name || '.' || conname, pg_get_constraintdef(oid, true)
		FROM own JOIN pg_constraint ON conrelid = own AND contype IN ('c', 'f', 'p', 'u', 'x')
	UNION ALL SELECT 'index ' || name || '.' || relname, pg_get_indexdef(indexrelid, 0, true)
			|| CASE WHEN indisvalid THEN '' ELSE ' INVALID' END
		FROM own JOIN pg_index ON indrelid = own JOIN pg_class ON oid = indexrelid
		WHERE NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid
			AND conrelid = own)
	UNION ALL SELECT 'trigger ' || name || '.' || tgname, pg_get_triggerdef(oid, true)
		FROM own JOIN pg_trigger ON tgrelid = own AND NOT tgisinternal
	UNION ALL SELECT 'rule ' || name || '.' || rulename, pg_get_ruledef(oid, true)
		FROM own JOIN pg_rewrite ON ev_class = own`
}
