package storage

import (
	"fmt"

	"evbook/internal/booking"
)

// folded compares the folded columns with what [booking.Fold] makes of the text beside them. A
// list that searches or sorts by text that is not so leaves out rows, or shows them elsewhere.
func (v *verification) folded() {
	v.each(`SELECT id, name, venue, coalesce(slug, ''), name_folded, search_folded FROM events`,
		func(scan scanner) error {
			var id int64
			var name, venue, slug, nameFolded, searchFolded string
			err := scan(&id, &name, &venue, &slug, &nameFolded, &searchFolded)
			if err != nil {
				return err
			}
			if nameFolded != booking.Fold(name) || searchFolded != searchText(name, venue, slug) {
				v.note("folded text of events",
					fmt.Sprintf("event %d: is not found by its name, venue and slug", id))
			}
			return nil
		})
	v.each(`SELECT id, event_id, email, name, email_folded, name_folded FROM bookings
		WHERE email || name || email_folded || name_folded <> ''`,
		func(scan scanner) error {
			var row, event int64
			var email, name, emailFolded, nameFolded string
			err := scan(&row, &event, &email, &name, &emailFolded, &nameFolded)
			if err != nil {
				return err
			}
			if emailFolded != booking.Fold(email) || nameFolded != booking.Fold(name) {
				v.note("folded text of bookings",
					fmt.Sprintf("booking %s of event %d: is not found by its e-mail and name",
						v.refs.reference(row), event))
			}
			return nil
		})
}
