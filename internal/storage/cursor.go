package storage

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"

	"evbook/internal/booking"
)

// maxCursor is the longest cursor that is considered, in bytes: it may hold a folded name.
const maxCursor = 8192

// digestBytes is enough to notice a mistake; a digest guards nothing.
const digestBytes = 6

// cursor says after which entry of which list a page starts. It names bookings by their
// references, and says no more than the list does.
type cursor struct {
	// List is the digest of the list's filters and order.
	List string `json:"l"`
	sortValue
	// Entry is the number by which the list names the entry: it orders those of one sortValue.
	Entry uint64 `json:"e"`
}

// sortValue is what an entry is sorted by: one of the two, or nothing.
type sortValue struct {
	Number *int64  `json:"n,omitempty"`
	Text   *string `json:"t,omitempty"`
}

func numberValue(n int64) sortValue { return sortValue{Number: &n} }

func textValue(text string) sortValue { return sortValue{Text: &text} }

// arg is the value as a parameter of SQL.
func (v sortValue) arg() any {
	if v.Text != nil {
		return *v.Text
	}
	return *v.Number
}

func (c cursor) String() string {
	text, err := json.Marshal(c)
	if err != nil {
		panic(err) // texts and numbers can always be written
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// parseCursor reads what String writes, to the letter.
func parseCursor(text string) (c cursor, ok bool) {
	if len(text) > maxCursor {
		return cursor{}, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(raw, &c) != nil {
		return cursor{}, false
	}
	return c, c.String() == text
}

// readCursor reads the cursor of a page, if it has one.
func (p Page) readCursor(bad *booking.Fields) (c cursor) {
	if p.Cursor == "" {
		return c
	}
	c, ok := parseCursor(p.Cursor)
	if !ok {
		bad.Add("cursor", foreignCursor(p.Cursor))
	}
	return c
}

// digest is a short name for what makes a list: its filters and its order.
func digest(parts ...any) string {
	text, err := json.Marshal(parts)
	if err != nil {
		panic(err) // texts, numbers and lists of them can always be written
	}
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:digestBytes])
}
