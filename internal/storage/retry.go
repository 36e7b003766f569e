package storage

// again is what a transaction returns when its whole group is to be run again as it is.
type again struct{ cause error }

func (a again) Error() string { return a.cause.Error() }

func (a again) Unwrap() error { return a.cause }
