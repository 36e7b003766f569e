package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

// maxRetention is the longest retention, in days: a hundred years.
const maxRetention = 36_500

// KeptFor is how long personal data of bookings is kept after an event is over: whole days, at
// least one, or 0 for ever.
func (c Config) KeptFor() time.Duration {
	kept, err := readRetention(c.Retention)
	if err != nil {
		panic(err) // Load has checked it
	}
	return kept
}

func checkRetention(value string) error {
	_, err := readRetention(value)
	return err
}

// readRetention reads whole days. There are no hours, so that nobody keeps data for less than a day
// by mistake, and no months or years, which are not alike.
func readRetention(value string) (time.Duration, error) {
	if value == "" || value == "0" {
		return 0, nil
	}
	digits, inDays := strings.CutSuffix(value, "d")
	if !inDays || digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, errors.New("is not a number of days: " + retentionHint)
	}
	days, err := strconv.Atoi(digits)
	if err != nil || days < 1 || days > maxRetention {
		return 0, fmt.Errorf("is out of range: write from 1d to %dd, or 0 for ever", maxRetention)
	}
	return time.Duration(days) * day, nil
}
