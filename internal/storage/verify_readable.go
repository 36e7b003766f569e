package storage

import (
	"encoding/json"
	"fmt"
)

// readable notes what is not JSON where it must be, and says whether there is none. An engine that
// looks into text that is not JSON ends with an error, and would not get to what else is wrong.
func (v *verification) readable() bool {
	found := len(v.report.Findings)
	v.each(`SELECT scope, answer FROM idempotency_keys`, func(scan scanner) error {
		var scope string
		var answer []byte
		err := scan(&scope, &answer)
		if err == nil && !json.Valid(answer) {
			v.note("answers of idempotency keys",
				fmt.Sprintf("an answer of %s cannot be read", scope))
		}
		return err
	})
	if v.schema < lifeSchema {
		return len(v.report.Findings) == found
	}
	v.each(`SELECT id, event_id, quantity, lines FROM bookings WHERE lines IS NOT NULL`,
		func(scan scanner) error {
			var row, event, quantity int64
			var lines []byte
			err := scan(&row, &event, &quantity, &lines)
			if err == nil && !json.Valid(lines) {
				v.note("lines of the booking",
					fmt.Sprintf("booking %s of event %d: seats %d, lines %s",
						v.refs.reference(row), event, quantity, lines))
			}
			return err
		})
	v.each(`SELECT event_id, event_seq, detail FROM journal WHERE detail <> ''`,
		func(scan scanner) error {
			var event, seq int64
			var detail []byte
			err := scan(&event, &seq, &detail)
			if err == nil && !json.Valid(detail) {
				v.note("details of journal entries",
					fmt.Sprintf("event %d: entry %d cannot be read", event, seq))
			}
			return err
		})
	return len(v.report.Findings) == found
}
