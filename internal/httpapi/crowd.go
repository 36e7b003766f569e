package httpapi

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"sync"
)

// crowd lets those who ask the same at the same time share one answer, as the writer of the store
// lets commands share a transaction. Finding it begins after each of them has asked, and nothing is
// kept of it: nobody hears of less than was acknowledged before they asked. It is safe for
// concurrent use; the zero value is ready.
type crowd struct {
	mu sync.Mutex
	// latest is the newest finding of each question that has not ended.
	latest map[question]*finding
}

// question is all on which an answer depends, beside the database and the clock.
type question struct {
	role role
	// keys tells the bearers of one token from those of another.
	keys string
	// path is that of the address, still escaped: a slash in a name is not one between names.
	path, query string
}

// finding is an answer on its way. It is to be read after done is closed.
type finding struct {
	answer rendered
	err    error
	done   chan struct{}
	// begun is true when it is too late to come along.
	begun bool
}

// reading finds the answer to a request that changes nothing. Of the request it may use the
// context, the address and the query.
type reading func(v *visit, r *http.Request) (rendered, error)

// together answers requests by a reading that those who ask the same share.
func together(read reading) handler {
	return func(v *visit, w http.ResponseWriter, r *http.Request) error {
		q := question{v.role, v.keys, r.URL.EscapedPath(), r.URL.RawQuery}
		a, err := v.crowd.ask(q, func() (rendered, error) {
			// The one whose request happens to be the first may go away.
			return read(v, r.WithContext(context.WithoutCancel(r.Context())))
		})
		if err != nil {
			return err
		}
		// Such a success would tell as well as a failure which access codes there are.
		if err := v.suspectCode(w.Header(), a.refused); err != nil {
			return err
		}
		a.send(w, r)
		return nil
	}
}

// ask gives the answer to a question that somebody begins to find after this moment: the first who
// asks does it for all, when the answer before has been found and the others that are awake had the
// time to come along. Alone, it begins at once.
func (c *crowd) ask(q question, find func() (rendered, error)) (rendered, error) {
	c.mu.Lock()
	before := c.latest[q]
	if before != nil && !before.begun {
		c.mu.Unlock()
		<-before.done
		return before.answer, before.err
	}
	f := &finding{done: make(chan struct{}), err: errors.New("who was to find the answer panicked")}
	if c.latest == nil {
		c.latest = map[question]*finding{}
	}
	c.latest[q] = f
	c.mu.Unlock()
	defer c.end(q, f)
	runtime.Gosched()
	if before != nil {
		<-before.done
	}
	c.mu.Lock()
	f.begun = true
	c.mu.Unlock()
	f.answer, f.err = find()
	return f.answer, f.err
}

// end hands the answer out.
func (c *crowd) end(q question, f *finding) {
	c.mu.Lock()
	if c.latest[q] == f {
		delete(c.latest, q)
	}
	c.mu.Unlock()
	close(f.done)
}
