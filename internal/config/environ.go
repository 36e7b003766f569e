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
	ours := src.ownVariables()
	if len(ours) == 0 { // nearly always
		return nil
	}
	configuring := namesOf(Variables())
	known := slices.Concat(configuring, namesOf(OtherVariables()))
	for _, v := range ours {
		if slices.Contains(known, v.canonical) {
			continue
		}
		hint := "known are " + strings.Join(configuring, ", ")
		word := strings.TrimPrefix(v.canonical, variablePrefix)
		if near := Nearest(word, words(known)); near != "" {
			hint = "or did you mean " + variablePrefix + strings.ToUpper(near)
		}
		return fmt.Errorf("unknown variable %s: unset it, %s", quoted(v.name), hint)
	}
	return nil
}

// ownVariable is the name of a variable as it is set, and as evbook would write it.
type ownVariable struct{ name, canonical string }

// ownVariables lists those that are set and look like ours.
func (src Source) ownVariables() []ownVariable {
	var ours []ownVariable
	for _, entry := range src.Environ {
		name, value, _ := strings.Cut(entry, "=")
		canonical := name
		if src.OS == "windows" {
			canonical = strings.ToUpper(name)
		}
		if strings.HasPrefix(canonical, variablePrefix) && value != "" {
			ours = append(ours, ownVariable{name, canonical})
		}
	}
	return ours
}

// words are variables as people may misspell them: without the prefix, whatever the case.
func words(variables []string) []string {
	words := make([]string, len(variables))
	for i, name := range variables {
		words[i] = strings.ToLower(strings.TrimPrefix(name, variablePrefix))
	}
	return words
}
