package storage

import "time"

// The first and the longest pause between two attempts to reach a server.
const firstPause, longestPause = 50 * time.Millisecond, 2 * time.Second

// away remembers that a server could not be reached. Until it is looked for again, who needs it is
// told so at once: neither does a crowd wait for one time-out after the other, nor is a server that
// is just starting overrun.
type away struct {
	err   error
	pause time.Duration
	until time.Time
}

// still gives the error of the last attempt, nil when it is time for another one.
func (a *away) still() error {
	if time.Now().Before(a.until) {
		return a.err
	}
	return nil
}

// note notes how an attempt ended. Each that fails makes the pause twice as long.
func (a *away) note(err error) {
	if err == nil {
		*a = away{}
		return
	}
	a.err = err
	a.pause = min(max(firstPause, 2*a.pause), longestPause)
	a.until = time.Now().Add(a.pause)
}
