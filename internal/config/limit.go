package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	limitHint = "write limits such as read=600/10s,write=60/1m, or off for none"
	noLimits  = "off"
	// defaultLimits are chosen for a sale to many people behind few addresses: docs/serving.md.
	defaultLimits = "all=2000/10s,read=600/10s,write=60/1m,organiser=3000/1m,door=200/10s," +
		"wrong=10/1m"
)

// Rate is how often something may be done: up to Count times at once, and Count times in each Per
// in the long run. It is as httpapi has it, which this package may not know: what is configured is
// one thing, what a door does is another, and the command line is where they meet.
type Rate struct {
	Count int
	Per   time.Duration
}

// Limits say how often serve answers one client.
type Limits struct {
	// All counts every request of an address, Read and Write those of an address that shows no
	// token.
	All, Read, Write Rate
	// Organiser and Door count the requests with one token.
	Organiser, Door Rate
	// Wrong counts the tokens and secrets of an address that are none.
	Wrong Rate
}

// Limits are those that are configured; false stands for none.
func (c Config) Limits() (Limits, bool) {
	limits, err := readLimits(c.RateLimits)
	if err != nil {
		panic(err) // Load has checked it
	}
	return limits, c.RateLimits != noLimits
}

func checkLimits(value string) error {
	_, err := readLimits(value)
	return err
}

// readLimits reads the limits that are named; the others are the default ones.
func readLimits(value string) (Limits, error) {
	var limits Limits
	if value == noLimits {
		return limits, nil
	}
	if err := limits.set(defaultLimits); err != nil {
		panic(err) // it is written above
	}
	return limits, limits.set(value)
}

func (l *Limits) set(value string) error {
	named := map[string]*Rate{
		"all": &l.All, "read": &l.Read, "write": &l.Write,
		"organiser": &l.Organiser, "door": &l.Door, "wrong": &l.Wrong,
	}
	for text := range strings.SplitSeq(value, ",") {
		name, rate, _ := strings.Cut(strings.TrimSpace(text), "=")
		limit := named[name]
		if limit == nil {
			return fmt.Errorf("has no limit %s: %s", quoted(name), limitHint)
		}
		var err error
		if *limit, err = readRate(rate); err != nil {
			return fmt.Errorf("sets %s to %s, which %w", name, quoted(rate), err)
		}
		delete(named, name) // a second one is a mistake
	}
	return nil
}

func readRate(text string) (Rate, error) {
	count, per, _ := strings.Cut(text, "/")
	n, err := strconv.Atoi(count)
	if err != nil || n < 1 || n > 1_000_000 {
		return Rate{}, errors.New("has no number from 1 to 1000000: " + limitHint)
	}
	d, err := time.ParseDuration(per)
	if err != nil || d < time.Second || d > time.Hour {
		return Rate{}, errors.New("has no duration from 1s to 1h: " + limitHint)
	}
	return Rate{Count: n, Per: d}, nil
}
