package booking

import (
	"slices"
	"strings"
)

// Pool is a limit inside an event that ticket types share: the balcony, the places for children.
type Pool struct {
	// ID counts the pools of an event from 1.
	ID int64
	// Name is unique within the event, compared as [Fold] has it.
	Name string
	// Capacity is the number of seats, 1 to [MaxCapacity]; it may be more than the event has.
	Capacity int
	Counters
}

// NewPool asks for a pool to be added to an event.
type NewPool struct {
	Event    Selector
	Name     string
	Capacity int
}

// PoolEdit says what to change of a pool; a nil field stays as it is.
type PoolEdit struct {
	Event Selector
	// Pool is the name of the pool.
	Pool     string
	Name     *string
	Capacity *int
}

// PoolAnswer answers what was asked about a pool of an event.
type PoolAnswer struct {
	Event Event
	Pool  Pool
}

// Validate reports every field that breaks a limit, as one [Invalid] error.
func (n NewPool) Validate() error { return Pool{Name: nfc(n.Name), Capacity: n.Capacity}.limits() }

// Validate reports every field that breaks a limit, as one [Invalid] error.
func (c PoolEdit) Validate() error {
	var bad Fields
	if c.Name != nil {
		bad.Add("name", validatePlanName(nfc(*c.Name)))
	}
	if c.Capacity != nil {
		bad.Add("capacity", validateCount(*c.Capacity, MaxCapacity))
	}
	return bad.Err()
}

// limits refuses with [Invalid] what breaks a limit.
func (p Pool) limits() error {
	var bad Fields
	bad.Add("name", validatePlanName(p.Name))
	bad.Add("capacity", validateCount(p.Capacity, MaxCapacity))
	return bad.Err()
}

// AddPool adds a pool to an event. It refuses with [Conflict] when the name is taken, the event is
// cancelled, or it has [MaxPools] already.
func (d *Draft) AddPool(n NewPool) (PoolAnswer, error) {
	event, err := d.plannable(n.Event)
	if err != nil {
		return PoolAnswer{}, err
	}
	p := Pool{ID: int64(len(event.Pools)) + 1, Name: nfc(n.Name), Capacity: n.Capacity}
	if len(event.Pools) >= MaxPools {
		return PoolAnswer{}, Errorf(Conflict, "event %d has %d pools, which is the most", event.ID,
			MaxPools)
	}
	if err := p.validate(event); err != nil {
		return PoolAnswer{}, err
	}
	event.Pools = append(slices.Clone(event.Pools), p)
	event.Planned = true
	d.log(&event, Entry{Kind: PoolAdded, Detail: Detail{Name: p.Name}})
	d.putEvent(event)
	return PoolAnswer{Event: event, Pool: p}, nil
}

// EditPool changes a pool. It refuses with [NotFound] when there is no such event or pool, and with
// [Conflict] when the name is taken, the event is cancelled, or the capacity would fall below the
// seats already taken. An edit that changes nothing succeeds and leaves no trace.
func (d *Draft) EditPool(edit PoolEdit) (PoolAnswer, error) {
	event, err := d.plannable(edit.Event)
	if err != nil {
		return PoolAnswer{}, err
	}
	before, err := event.pool(edit.Pool)
	if err != nil {
		return PoolAnswer{}, err
	}
	after := *before
	if edit.Name != nil {
		after.Name = nfc(*edit.Name)
	}
	set(&after.Capacity, edit.Capacity)
	if err := after.validate(event); err != nil {
		return PoolAnswer{}, err
	}
	if after.Capacity < before.Capacity && after.Lapsed > 0 {
		d.Sweep(event.ID)
		event, _ = d.Find(Selector{ID: event.ID})
		before = poolByID(event.Pools, after.ID)
		after.Counters = before.Counters
	}
	if after.Capacity < after.Taken()+after.Lapsed {
		return PoolAnswer{}, Errorf(Conflict,
			"pool %s has %s taken, capacity cannot be lowered to %d", quoted(after.Name),
			Seats(after.Taken()), after.Capacity).
			WithHint("cancel bookings first, or lower it to %d", after.Taken())
	}
	if after == *before {
		return PoolAnswer{Event: event, Pool: after}, nil
	}
	event.Pools = slices.Clone(event.Pools)
	*poolByID(event.Pools, after.ID) = after
	d.log(&event, Entry{Kind: PoolEdited, Detail: Detail{Name: after.Name}})
	d.dismiss(&event)
	after = *poolByID(event.Pools, after.ID)
	d.putEvent(event)
	return PoolAnswer{Event: event, Pool: after}, nil
}

// validate refuses with [Invalid] what breaks a limit, and with [Conflict] a name that is taken.
func (p Pool) validate(event Event) error {
	if err := p.limits(); err != nil {
		return err
	}
	for _, other := range event.Pools {
		if other.ID != p.ID && Fold(other.Name) == Fold(p.Name) {
			return Errorf(Conflict, "event %d has a pool %s already", event.ID, quoted(other.Name)).
				WithHint("choose another name")
		}
	}
	return nil
}

// pool finds a pool by its name. It refuses with [NotFound] when there is none.
func (e Event) pool(name string) (*Pool, error) {
	folded := Fold(name)
	i := slices.IndexFunc(e.Pools, func(p Pool) bool { return Fold(p.Name) == folded })
	if i >= 0 {
		return &e.Pools[i], nil
	}
	err := Errorf(NotFound, "event %d has no pool %s", e.ID, quoted(name))
	err.Event = e.ID
	if len(e.Pools) == 0 {
		return nil, err.WithHint("it has no pools; add the pool first")
	}
	names := make([]string, len(e.Pools))
	for i, p := range e.Pools {
		names[i] = p.Name
	}
	return nil, err.WithHint("it has %s", strings.Join(names, ", "))
}
