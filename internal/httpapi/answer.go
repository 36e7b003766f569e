// Package httpapi is the HTTP door of evbook: it decodes requests, calls storage and encodes the
// answers. It holds no rule about seats and no SQL. Its [Envelope] is also what the command line
// prints as JSON, so that both doors answer alike.
package httpapi

import "io"

// Envelope is the one shape of every answer of evbook, good or bad.
type Envelope struct {
	Success bool `json:"success"`
	// Message says in one sentence what happened: lower case, no full stop.
	Message string `json:"message"`
	// Data is the thing asked for; null when there is none, always an array for lists.
	Data any `json:"data"`
	// Error says what went wrong; nil on success.
	Error *Failure `json:"error,omitzero"`
	// DryRun is true when everything was taken back: nothing was changed.
	DryRun bool `json:"dry_run,omitzero"`
	// Page says how a list goes on; nil for anything else.
	Page *PageInfo `json:"page,omitzero"`
}

// PageInfo says how a list goes on.
type PageInfo struct {
	// NextCursor asks for the next page; null on the last one.
	NextCursor *string `json:"next_cursor"`
	HasMore    bool    `json:"has_more"`
}

// Failure tells programs what went wrong.
type Failure struct {
	// Code is a kind of the booking package, or one of the few that only HTTP knows.
	Code string `json:"code"`
	// Fields names every bad field of a request that was refused as invalid.
	Fields []BadField `json:"fields,omitempty"`
	// Hint says what to do next.
	Hint string `json:"hint,omitempty"`
	// RequestID finds the request in the server's log; empty on the command line.
	RequestID string `json:"request_id,omitempty"`
}

// BadField is one bad field of a request.
type BadField struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Encode writes the envelope as one line of compact JSON. The only errors are those of the writer.
func (e Envelope) Encode(w io.Writer) error {
	_, err := w.Write(text(e))
	return err
}
