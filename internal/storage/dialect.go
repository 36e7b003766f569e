package storage

import "fmt"

// dialect is what one and the same statement is called in an engine. Everything else is written so
// that all engines understand it: parameters are $1, $2, …; flags are the numbers 0 and 1, and are
// compared as such; CASE instead of iif; a sum, and a parameter whose type nothing else tells,
// stands in CAST(… AS BIGINT); derived tables have names; texts are formatted by %s alone.
type dialect struct {
	// lockRows follows a SELECT whose rows nobody else may change until the transaction ends;
	// skipLocked one that passes those over that somebody else has locked.
	lockRows, skipLocked string
	// greatest is the function that gives the greatest of its arguments, position the one that
	// gives where in a text another one begins, 0 for nowhere.
	greatest, position string
	// elements is the format of the table of the elements of a list in JSON, which is an argument
	// or a column of text. Its column is called value.
	elements string
	// numbers draws numbers for so many new bookings. Each row has the first of some that follow
	// each other, and how many these are.
	numbers string
	// clock is what time it is in the database, in microseconds; 0 where it has no clock.
	clock string
	// cuttable says that a transaction can be cut at any time before COMMIT, and changes nothing.
	cuttable bool
	// schema asks for the number of the newest migration. version is that number as a column of
	// meta; 0 where the schema of an open database cannot become an older one.
	schema, version string
}

// elementsOf is the table of the elements of a list.
func (d dialect) elementsOf(list string) string { return fmt.Sprintf(d.elements, list) }

// contains is the condition that a column holds a text somewhere. LIKE would take % and _ for more
// than they are.
func (d dialect) contains(column, text string) string {
	return d.position + "(" + column + ", " + text + ") > 0"
}
