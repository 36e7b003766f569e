package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

const (
	// streamRetry is how long a client is to wait before it comes back, in milliseconds.
	streamRetry = 3_000
	// replayedAtOnce is how many entries of the past are read at once.
	replayedAtOnce = 500
)

// update is what the streams of one event are told at once. It is the same for all of them.
type update struct {
	// seq is the number of the newest entry that it tells of.
	seq int64
	// full are messages for those who may see the bookings of the event, brief is the one for
	// everybody else, who sees but a glance of it.
	full   []message
	brief  []byte
	glance glance
	// last says that there will be no further one.
	last bool
}

// message is a message of a stream, and the number of the entry that it tells of.
type message struct {
	seq  int64
	text []byte
}

// glance is what everybody may see of an event.
type glance struct {
	available int
	status    booking.EventStatus
}

// newUpdate tells of entries of an event, or how it stands when there are none.
func newUpdate(event booking.Event, entries []booking.Entry, at time.Time) update {
	if len(entries) == 0 {
		entries = []booking.Entry{{}}
	}
	u := update{glance: glance{event.Available(), event.Status}}
	for _, entry := range entries {
		s := Standing{Event: event, Entry: entry, At: at}
		u.full = append(u.full, message{s.Seq(), changeText(s.Seq(), viewStanding(s))})
		u.seq, u.last = s.Seq(), s.Last()
	}
	u.brief = changeText(u.seq, publicView{
		Seq: u.seq, At: stamp(at), Available: u.glance.available, Status: u.glance.status,
	})
	return u
}

// changeText is a message with the id that the client names when it comes back.
func changeText(id int64, view any) []byte {
	return fmt.Appendf(nil, "id: %d\nevent: change\ndata: %s\n\n", id, mustEncode(view))
}

// sender writes the messages of one stream. Its methods say whether the stream goes on.
type sender struct {
	w       http.ResponseWriter
	control *http.ResponseController
	// patience is how long the client may leave a message unread.
	patience time.Duration
	// public clients may see no more than everybody.
	public bool
	// had is the number of the newest entry that the client has, -1 for none.
	had int64
	// shown is what everybody may see, as the client was told it last.
	shown glance
	// still says whether the client may still see what it came for.
	still func() bool
}

// begin sends the head of the answer. An error says that it could not be sent.
func (s *sender) begin() error {
	// The server's deadlines are for requests; the one for reading would end the context.
	if err := s.control.SetReadDeadline(time.Time{}); err != nil {
		return fmt.Errorf("a stream without an end: %w", err)
	}
	announce(s.w.Header())
	s.w.WriteHeader(http.StatusOK)
	s.write(fmt.Appendf(nil, "retry: %d\n\n", streamRetry))
	return nil
}

// announce says in the head of an answer that a stream follows.
func announce(h http.Header) {
	h.Set("Content-Type", streamType)
	h.Set("X-Accel-Buffering", "no") // has nginx pass on what comes at once
}

// catchUp brings the client to the present: by what it has missed, where it says what it has got
// and may see the journal, else by how the event stands.
func (s *sender) catchUp(
	ctx context.Context, store *storage.Store, now Standing,
) (going bool, err error) {
	version := now.Event.Version
	alone := newUpdate(now.Event, nil, now.At)
	switch {
	case s.had == version:
		s.shown = alone.glance
		return true, nil
	case s.public || s.had < 0 || s.had > version: // which another database may have had
		s.had = -1
		return s.tell(alone), nil
	}
	for going = true; going && s.had < version; {
		// What is newer than the event was read is for the hub to tell.
		most := int(min(version-s.had, replayedAtOnce))
		missed, err := store.EntriesAfter(ctx, now.Event.ID, s.had, most)
		if err != nil {
			return false, err
		}
		if len(missed) == 0 {
			return false, fmt.Errorf("entry %d of event %d is missing", s.had+1, now.Event.ID)
		}
		going = s.tell(newUpdate(now.Event, missed, now.At))
	}
	return going, nil
}

// follow passes on what comes, and shows every now and then that it is still there.
func (s *sender) follow(ctx context.Context, l *listener, heartbeat time.Duration) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for going := true; going; {
		select {
		case u, more := <-l.updates:
			if !more {
				s.end(l.reason)
				return
			}
			going = s.allowed() && s.tell(u)
		case <-beat.C:
			going = s.allowed() && s.write([]byte(": still here\n\n"))
		case <-ctx.Done():
			return
		}
	}
}

// allowed ends the stream of who may not see it any more: the token was revoked, or has expired.
func (s *sender) allowed() bool {
	if s.still() {
		return true
	}
	s.end(endUnauthorized)
	return false
}

// tell passes on what the client does not have. Of changes that not everybody may see, not
// everybody learns that there are any.
func (s *sender) tell(u update) bool {
	var text []byte
	if s.public && u.seq > s.had && u.glance != s.shown {
		text, s.shown = u.brief, u.glance
	}
	for _, m := range u.full {
		if !s.public && m.seq > s.had {
			text = append(text, m.text...)
		}
	}
	s.had = max(s.had, u.seq)
	if len(text) > 0 && !s.write(text) {
		return false
	}
	if u.last {
		s.end(endOver)
	}
	return !u.last
}

// end says why the stream ends. It has no id, so that a client that comes back misses nothing.
func (s *sender) end(reason endReason) {
	s.write(fmt.Appendf(nil, "event: end\ndata: {\"reason\":%q}\n\n", reason))
}

// write sends a piece of text at once.
func (s *sender) write(text []byte) bool {
	err := s.control.SetWriteDeadline(time.Now().Add(s.patience))
	if err == nil {
		_, err = s.w.Write(text)
	}
	if err == nil {
		err = s.control.Flush()
	}
	return err == nil
}
