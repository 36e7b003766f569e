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
	// coming are the answers that nobody has begun to find: who asks for them is in time.
	coming map[question]*finding
}

// question is all on which an answer depends, beside the database and the clock.
type question struct {
	role role
	// keys tells the bearers of one token from those of another.
	keys string
	// target is the address that is asked, with its query.
	target string
}

// finding is an answer on its way. It is to be read after done is closed.
type finding struct {
	answer rendered
	err    error
	done   chan struct{}
}

// reading finds the answer to a request that changes nothing. Of the request it may use the
// context, the address and the query.
type reading func(v *visit, r *http.Request) (rendered, error)

// together answers requests by a reading that those who ask the same share.
func together(read reading) handler {
	return func(v *visit, w http.ResponseWriter, r *http.Request) error {
		a, err := v.crowd.ask(question{v.role, v.keys, r.RequestURI}, func() (rendered, error) {
			// Whose request happens to be the first may go away.
			return read(v, r.WithContext(context.WithoutCancel(r.Context())))
		})
		if err != nil {
			return err
		}
		a.send(w, r)
		return nil
	}
}

// ask gives the answer to a question that somebody begins to find after this moment. Who is the
// first to ask does it for all, as soon as the others that are awake had the time to come along.
func (c *crowd) ask(q question, find func() (rendered, error)) (rendered, error) {
	c.mu.Lock()
	if f, ok := c.coming[q]; ok {
		c.mu.Unlock()
		<-f.done
		return f.answer, f.err
	}
	f := &finding{done: make(chan struct{}), err: errors.New("whoever was to answer panicked")}
	if c.coming == nil {
		c.coming = map[question]*finding{}
	}
	c.coming[q] = f
	c.mu.Unlock()
	defer close(f.done)
	runtime.Gosched()
	c.mu.Lock()
	delete(c.coming, q)
	c.mu.Unlock()
	f.answer, f.err = find()
	return f.answer, f.err
}
