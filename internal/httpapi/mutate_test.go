package httpapi

import (
	"math/rand/v2"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// mutator changes requests at random.
type mutator struct{ *rand.Rand }

// pick takes one of some things.
func pick[T any](m mutator, from []T) T { return from[m.IntN(len(from))] }

// texts are values that have been too much for programs.
func (m mutator) text() string {
	return pick(m, []string{
		"", "0", "-1", "-0", "1", "2", "2147483648", "9223372036854775807",
		"9223372036854775808", "1e3", "1.5", "0x10", "+1", "NaN", "true", "false", "null", "[]",
		"{}", "*", "a", "A b", "ü", "李", "👩‍👩‍👧", "e\u0301", "\u202e", "\ufeff", "\x00",
		"\x1b[2J", "\xff", "%", "'", "\"", "\\", ";--", "{{7*7}}", "$(id)", "../..",
		"EVB-00000-00001-H", "evb_door_1_x", "open", "held", "cancelled", "strict", "adult",
		"floor", "CLUB", "go-meetup", "name", "-id",
		"ada@example.org", "ada@", "@", "2026-03-29 02:30", "2199-12-31T23:59:60Z", "-7d", "today",
		"Europe/Berlin", "EUR", "JPY", "12.345", "0.1", "adult:1", "adult:1,child:2", ":", ",",
		strings.Repeat("9", 400), strings.Repeat("x", 300), strings.Repeat("ü", 61),
	})
}

// value is one in JSON.
func (m mutator) value() string {
	return pick(m, []string{
		"null", "true", "false", "0", "-1", "1", "2", "3.0", "1e2", "9007199254740993",
		"9223372036854775808", "-9223372036854775809", "12.34", "1e999", `""`, `"\u0000"`,
		`"\ud800"`, "[]", "{}", "[[]]", `[{}]`, `["adult"]`, `{"type":"adult","quantity":1}`,
		`[null]`, "01", "+1",
		`"` + url.PathEscape(m.text()) + `"`, `"` + strings.ReplaceAll(m.text(), `"`, `\"`) + `"`,
	})
}

// mutate gives a request with a change or more; others lend it parts of theirs.
func (m mutator) mutate(r badRequest, others []badRequest) badRequest {
	for more := true; more; more = m.IntN(3) == 0 {
		other := pick(m, others)
		switch m.IntN(20) {
		case 0:
			r.method = pick(m, []string{"GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS"})
		case 1:
			r.target = m.path(r.target, other.target)
		case 2, 3, 4:
			r.target = m.query(r.target, other.target)
		case 5, 6:
			r.body = m.bytes(pick(m, []string{r.body, other.body}))
		case 7, 8, 9:
			r.header = []string{pick(m, []string{
				ifMatch, ifNoneMatch, keyHeader, lastEventHeader, "Accept", "Content-Type",
				"Origin", "Authorization", "X-Request-Id", "Range", "Forwarded", "Expect", "Prefer",
			}), clean(m.text())}
		default:
			r.body = m.members(r.body)
		}
	}
	return r
}

// clean is a text as a header can have it: others are refused before the door hears of them.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return 'x'
		}
		return r
	}, text)
}

// path changes a part of the path, or takes that of another request.
func (m mutator) path(target, other string) string {
	path, query, _ := strings.Cut(target, "?")
	parts := strings.Split(path, "/")
	at := m.IntN(len(parts))
	switch m.IntN(3) {
	case 0:
		parts[at] = url.PathEscape(m.text())
	case 1:
		parts = slices.Insert(parts, at, pick(m, parts))
	case 2:
		theirs, _, _ := strings.Cut(other, "?")
		parts = strings.Split(theirs, "/")
	}
	return "/" + strings.TrimLeft(strings.Join(parts, "/"), "/") + "?" + query
}

// query changes, adds or repeats a parameter.
func (m mutator) query(target, other string) string {
	path, query, _ := strings.Cut(target, "?")
	_, theirs, _ := strings.Cut(other, "?")
	parts := strings.Split(query+"&"+theirs, "&")
	at := m.IntN(len(parts))
	name, value, _ := strings.Cut(parts[at], "=")
	switch m.IntN(4) {
	case 0, 1:
		value = url.QueryEscape(m.text())
	case 2:
		value = m.bytes(value)
	case 3:
		name = pick(m, []string{"event_id", "quantity", "limit", "cursor", "sort", "status",
			"lines", "type", "code", "since", "until", "search", "user_email", "available",
			"upcoming"})
	}
	parts[at] = name + "=" + value
	if m.IntN(2) == 0 {
		parts = parts[at : at+1]
	}
	return path + "?" + strings.Trim(strings.Join(parts, "&"), "&")
}

// members changes a value or a name of a body that may be JSON.
func (m mutator) members(body string) string {
	tokens := regexp.MustCompile(`"[^"]*"|-?[0-9.]+|true|false|null`).FindAllStringIndex(body, -1)
	if len(tokens) == 0 {
		return `{"` + m.text() + `":` + m.value() + `}`
	}
	at := pick(m, tokens)
	if m.IntN(4) == 0 { // one more member
		return strings.Replace(body, "{", `{`+body[at[0]:at[1]]+`:`+m.value()+`,`, 1)
	}
	return body[:at[0]] + m.value() + body[at[1]:]
}

// bytes changes, leaves out or repeats some bytes.
func (m mutator) bytes(text string) string {
	if text == "" {
		return m.text()
	}
	from := m.IntN(len(text))
	to := min(len(text), from+m.IntN(8))
	switch m.IntN(4) {
	case 0:
		return text[:from] + text[to:]
	case 1:
		return text[:to] + text[from:]
	case 2:
		return text[:from] + m.text() + text[to:]
	}
	return text[:from]
}
