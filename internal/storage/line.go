package storage

import (
	"encoding/json"
	"fmt"

	"evbook/internal/booking"
)

// storedLine is one line of a booking as it is stored. The names are those of the stored text and
// must not change.
type storedLine struct {
	Type      int64  `json:"type"`
	Name      string `json:"name"`
	Quantity  int    `json:"quantity"`
	UnitPrice int64  `json:"unit_price"`
}

// linesText is how the lines of a booking are stored; nil for a booking that has none.
func linesText(lines []booking.Line) any {
	if len(lines) == 0 {
		return nil
	}
	stored := make([]storedLine, len(lines))
	for i, l := range lines {
		stored[i] = storedLine{l.Type, l.Name, l.Quantity, l.UnitPrice.Minor}
	}
	text, err := json.Marshal(stored)
	if err != nil {
		panic(err) // names and numbers always encode
	}
	return string(text)
}

// readLines reads what linesText has written; the prices are in the currency of the booking.
func readLines(text, currency string) ([]booking.Line, error) {
	if text == "" {
		return nil, nil
	}
	var stored []storedLine
	if err := json.Unmarshal([]byte(text), &stored); err != nil {
		return nil, fmt.Errorf("stored lines of a booking: %w", err)
	}
	lines := make([]booking.Line, len(stored))
	for i, l := range stored {
		lines[i] = booking.Line{
			Type: l.Type, Name: l.Name, Quantity: l.Quantity,
			UnitPrice: booking.Money{Minor: l.UnitPrice, Currency: currency},
		}
	}
	return lines, nil
}
