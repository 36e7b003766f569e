package booking

// Release asks to give all seats of a hold back before it lapses.
type Release struct {
	Reference Reference
	// Key is the caller's idempotency key; empty for none.
	Key Key
}

// Validate reports every field that breaks a limit, as one [Invalid] error.
func (r Release) Validate() error {
	var bad Fields
	bad.Add("idempotency_key", r.Key.validate())
	return bad.Err()
}

// Release gives the seats of a hold back, exactly once. It refuses with [Conflict] when the booking
// is not held any more, so that nobody believes to have given seats back that were free already,
// and with [KeyReused] when the key belongs to another request.
func (d *Draft) Release(r Release) (Returned, error) {
	if err := r.Validate(); err != nil {
		return Returned{}, err
	}
	return d.handBack(r.Reference, r.Key, "release", ToRelease)
}
