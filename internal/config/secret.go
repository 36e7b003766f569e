package config

import (
	"fmt"
	"regexp"
)

// masked hides what may be a password: all that stands before the @ of a URL, and what is given
// as password= in a URL or a list of words. It rather hides too much than too little.
func masked(text string) string {
	text = regexp.MustCompile(`(?s)://.*@`).ReplaceAllString(text, "://***@")
	password := regexp.MustCompile(`(?i)(password\s*=\s*)('(?:[^'\\]|\\.)*'?|[^&\s]*)`)
	return password.ReplaceAllString(text, "${1}***")
}

// quoted repeats a text in an error: without passwords, escaped and cut.
func quoted(text string) string { return fmt.Sprintf("%.60q", masked(text)) }
