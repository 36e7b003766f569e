package config

import (
	"fmt"
	"slices"
	"strings"
)

const variablePrefix = "EVBOOK_"

// checkEnviron refuses variables that look like ours and are not: a misspelt one has no effect,
// and nothing else would tell. What it holds is not told, it may be a secret.
func checkEnviron(src Source) error {
	configuring := namesOf(Variables())
	known := slices.Concat(configuring, namesOf(OtherVariables()))
	for _, entry := range src.Environ {
		name, value, _ := strings.Cut(entry, "=")
		canonical := name
		if src.OS == "windows" {
			canonical = strings.ToUpper(name)
		}
		word, ours := strings.CutPrefix(canonical, variablePrefix)
		if !ours || value == "" || slices.Contains(known, canonical) {
			continue
		}
		hint := "known are " + strings.Join(configuring, ", ")
		if near := Nearest(word, words(known)); near != "" {
			hint = "or did you mean " + variablePrefix + strings.ToUpper(near)
		}
		return fmt.Errorf("unknown variable %s: unset it, %s", quoted(name), hint)
	}
	return nil
}

// words are variables as people may misspell them: without the prefix, whatever the case.
func words(variables []string) []string {
	words := make([]string, len(variables))
	for i, name := range variables {
		words[i] = strings.ToLower(strings.TrimPrefix(name, variablePrefix))
	}
	return words
}
