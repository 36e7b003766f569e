package httpapi

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"evbook/internal/booking"
)

const (
	ifMatch     = "If-Match"
	ifNoneMatch = "If-None-Match"
)

// tagBytes are as many of a hash as an entity tag has.
const tagBytes = 12

// entityTag names one version of an answer. What comes before the dash is the version of the event
// or the booking, which changes can be made to depend on; the rest is a hash of the answer, which
// differs where holds have lapsed, and from caller to caller.
func entityTag(version string, answer []byte) string {
	sum := sha256.Sum256(answer)
	return `"` + version + "-" + hex.EncodeToString(sum[:tagBytes]) + `"`
}

// versionOf is what comes before the dash of the entity tags of an event.
func versionOf(e booking.Event) string { return strconv.FormatInt(e.Version, 10) }

// rendered is the answer to a GET, as it is sent.
type rendered struct {
	text []byte
	// tag is its entity tag, "" for none.
	tag string
	// refused is what it tells as a success though it is none: that seats cannot be booked.
	refused error
}

// pageAs is one version of what there is, as the visitor may see it. Versions hash what the
// entrance may not see.
func (v *visit) pageAs(version string, e Envelope) rendered {
	if v.role.has(doorkeeper) {
		version = ""
	}
	answer := text(v.role.discreet(e))
	return rendered{text: answer, tag: entityTag(version, answer)}
}

// send sends the answer, or only says that the client has it.
func (a rendered) send(w http.ResponseWriter, r *http.Request) {
	if a.tag != "" {
		w.Header().Set("ETag", a.tag)
		if isKnown(r.Header, a.tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	write(w, http.StatusOK, a.text)
}

// isKnown says whether the client has the version of an answer. A header that cannot be read asks
// for nothing: the full answer is always a right one.
func isKnown(h http.Header, tag string) bool {
	known, all, _ := readTags(h.Values(ifNoneMatch))
	same := func(t givenTag) bool { return `"`+t.text+`"` == tag }
	return all || slices.ContainsFunc(known, same)
}

// givenTag is an entity tag of a request, without its quotes.
type givenTag struct {
	text string
	weak bool
}

// readTags reads a header that lists entity tags. all is true for *, which stands for all there can
// be, and ok is false for what is no list of tags; one that is not there is empty.
func readTags(values []string) (tags []givenTag, all, ok bool) {
	rest := strings.Join(values, ",")
	if strings.Trim(rest, " \t") == "*" {
		return nil, true, true
	}
	for {
		rest = strings.TrimLeft(rest, " \t,")
		if rest == "" {
			return tags, false, true
		}
		var t givenTag
		rest, t.weak = strings.CutPrefix(rest, "W/")
		opened, quoted := strings.CutPrefix(rest, `"`)
		t.text, rest, ok = strings.Cut(opened, `"`)
		if !ok || !quoted || strings.ContainsFunc(t.text, notInTag) {
			return nil, false, false
		}
		tags = append(tags, t)
		if rest = strings.TrimLeft(rest, " \t"); rest != "" && rest[0] != ',' {
			return nil, false, false
		}
	}
}

func notInTag(r rune) bool { return r <= ' ' || r == 0x7f }

// conditioned is the visit of a request that names the version that it is to change: its store
// changes no other. What stands under a booking is a change of that booking, and what is changed or
// deleted under an event is a change of that event. A condition that is not looked at would let a
// client overwrite what somebody else has changed, so that others are refused. A GET asks for no
// more than what there is.
func (v *visit) conditioned(r *http.Request) error {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil
	}
	for _, name := range []string{ifNoneMatch, "If-Unmodified-Since"} {
		if len(r.Header.Values(name)) > 0 {
			return unconditional(r, name, "leave the header out, or name a version with "+ifMatch)
		}
	}
	given := r.Header.Values(ifMatch)
	if len(given) == 0 {
		return nil
	}
	_, path, _ := strings.Cut(r.Pattern, " ")
	ofBooking := strings.HasPrefix(path, "/bookings/{reference}")
	ofEvent := strings.HasPrefix(path, "/events/{id}") && r.Method != http.MethodPost
	if !ofBooking && !ofEvent {
		return unconditional(r, ifMatch, "leave the header out")
	}
	tags, all, ok := readTags(given)
	switch {
	case !ok || !all && len(tags) == 0:
		return booking.Errorf(booking.Invalid, "%s %s is no list of entity tags", ifMatch,
			clip(strings.Join(given, ", "))).
			WithHint(`write it as the header ETag has it, with the quotes: "3-5d41402abc4b"`)
	case all: // what is not there cannot be changed anyway
	case ofBooking:
		v.store = v.store.If(booking.Condition{Tags: versionsIn(tags)})
	default:
		v.store = v.store.If(booking.Condition{Versions: numbers(versionsIn(tags))})
	}
	return nil
}

// unconditional refuses a condition that would have no effect.
func unconditional(r *http.Request, name, hint string) error {
	return booking.Errorf(booking.Invalid, "%s of %s takes no %s", r.Method, clip(r.URL.Path),
		name).WithHint("%s", hint)
}

// versionsIn gives the versions that tags name. A weak one names none that could be relied on.
func versionsIn(tags []givenTag) []string {
	versions := []string{}
	for _, t := range tags {
		if version, _, _ := strings.Cut(t.text, "-"); !t.weak {
			versions = append(versions, version)
		}
	}
	return versions
}

// numbers gives those of versions of events; what is no number names no version of one.
func numbers(versions []string) []int64 {
	list := []int64{}
	for _, text := range versions {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			list = append(list, n)
		}
	}
	return list
}
