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
	known := variables()
	for _, entry := range src.Environ {
		name, value, _ := strings.Cut(entry, "=")
		canonical := name
		if src.OS == "windows" {
			canonical = strings.ToUpper(name)
		}
		word, ours := strings.CutPrefix(canonical, variablePrefix)
		if !ours || value == "" || slices.Contains(known, canonical) ||
			slices.Contains(otherVariables(), canonical) {
			continue
		}
		hint := "known are " + strings.Join(known, ", ")
		if near := Nearest(word, words(known)); near != "" {
			hint = "or did you mean " + variablePrefix + strings.ToUpper(near)
		}
		return fmt.Errorf("unknown variable %s: unset it, %s", quoted(name), hint)
	}
	return nil
}

// variables are all that configure evbook, in order of their names.
func variables() []string {
	known := []string{"EVBOOK_CONFIG", "EVBOOK_CONFIG_DIR"}
	for _, k := range keys() {
		known = append(known, k.variable())
	}
	slices.Sort(known)
	return known
}

// otherVariables are read by the command line, by the completion of shells and by the tests.
func otherVariables() []string {
	return []string{
		"EVBOOK_NO_INPUT", "EVBOOK_ACTIVE_HELP", "EVBOOK_COMPLETION_DESCRIPTIONS", "EVBOOK_LONG",
		"EVBOOK_NOSKIP",
	}
}

// words are variables as people may misspell them: without the prefix, whatever the case.
func words(variables []string) []string {
	words := make([]string, len(variables))
	for i, name := range variables {
		words[i] = strings.ToLower(strings.TrimPrefix(name, variablePrefix))
	}
	return words
}
