package config

import (
	"testing"
	"time"
)

func TestARetentionIsInWholeDaysOrForEver(t *testing.T) {
	for written, want := range map[string]time.Duration{
		"": 0, "0": 0, "1d": 24 * time.Hour, "730d": 730 * 24 * time.Hour,
		"36500d": 36_500 * 24 * time.Hour,
	} {
		c := mustLoad(t, source(t, map[string]string{"EVBOOK_RETENTION": written}))
		if got := c.KeptFor(); got != want {
			t.Errorf("%q is kept for %v, want %v", written, got, want)
		}
	}
}
