package storage

import (
	"database/sql/driver"
	"fmt"
)

// bit is how a bool is stored: as the number 0 or 1, in every engine. Otherwise a condition on it
// would need another text in each.
type bit bool

// Value gives the number to be stored.
func (b bit) Value() (driver.Value, error) {
	if b {
		return int64(1), nil
	}
	return int64(0), nil
}

// Scan reads a stored number.
func (b *bit) Scan(stored any) error {
	number, ok := stored.(int64)
	if !ok {
		return fmt.Errorf("a bit is stored as a number, not as %T", stored)
	}
	*b = number != 0
	return nil
}
