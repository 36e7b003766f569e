package config

import (
	"fmt"
	"regexp"
	"strings"
)

// masked hides what may be a password: all that stands before the @ of a URL, with its scheme or
// without, and what is given as password= in a URL or a list of words, or as nearly that. It rather
// hides too much than too little.
func masked(text string) string {
	if !strings.ContainsAny(text, "@=") { // nearly always
		return text
	}
	if strings.Contains(text, "://") {
		text = regexp.MustCompile(`(?s)://.*@`).ReplaceAllString(text, "://***@")
	} else {
		text = regexp.MustCompile(`(?s)^[^/:@\s]+:.*@`).ReplaceAllString(text, "***@")
	}
	const name = `(\w*(?:p\w*w\w*d|pass)\w*\s*=\s*)`
	password := regexp.MustCompile(`(?i)` + name + `('(?:[^'\\]|\\.)*'?|[^&\s]*)`)
	return password.ReplaceAllString(text, "${1}***")
}

// quoted repeats a text in an error: without passwords, escaped and cut.
func quoted(text string) string { return fmt.Sprintf("%.60q", masked(text)) }
