package config

import (
	"cmp"
	"slices"
)

// Variable is an environment variable that evbook knows.
type Variable struct {
	Name string
	// About says in a few words what it is for, with the value that counts where it is not set.
	About string
}

// Variables lists the variables of evbook that configure it, in order of their names.
func Variables() []Variable {
	all := []Variable{
		{"EVBOOK_CONFIG", "the configuration file, or none to read no file"},
		{"EVBOOK_CONFIG_DIR", "the folder in which config.yaml is looked for first"},
	}
	for _, k := range keys() {
		about := k.about
		if k.fallback != "" {
			about += " (" + k.fallback + ")"
		}
		all = append(all, Variable{k.variable(), about})
	}
	slices.SortFunc(all, func(a, b Variable) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// OtherVariables lists the variables of evbook that the command line, the completion of shells and
// the tests of evbook read, in order of their names.
func OtherVariables() []Variable {
	return []Variable{
		{"EVBOOK_ACTIVE_HELP", "0 keeps hints out of the completion of shells"},
		{"EVBOOK_COMPLETION_DESCRIPTIONS", "0 keeps descriptions out of the completion of shells"},
		{"EVBOOK_LONG", "makes the tests of evbook itself run their long forms"},
		{"EVBOOK_NO_INPUT", "any value: never ask, even on a terminal"},
		{"EVBOOK_NOSKIP", "makes the tests of evbook itself fail where they would skip"},
		{"EVBOOK_TOKEN", "the token that bench shows to a server"},
	}
}

// ForeignVariables lists the variables that are not evbook's own and that it heeds, in order of
// their names.
func ForeignVariables() []Variable {
	return []Variable{
		{"AppData", "on Windows, config.yaml is looked for in its folder evbook"},
		{"CI", "any value: never ask"},
		{"CLICOLOR", "0: no colours"},
		{"CLICOLOR_FORCE", "any value but 0: colours even where there is no terminal"},
		{"FORCE_COLOR", "the same"},
		{"GOGC", "when `evbook serve` is to collect garbage, in percent of what is alive"},
		{"HOME", "config.yaml is looked for in its folder .config/evbook, but on Windows"},
		{"NO_COLOR", "any value: no colours"},
		{"PGHOST", "and PostgreSQL's other variables: what an address postgres:// leaves open"},
		{"TERM", "dumb: no colours"},
		{"TZ", "the time zone of dates that carry none, where EVBOOK_TZ says nothing"},
		{"USER", "who did it, in the journal, where the system cannot tell"},
		{"WT_SESSION", "on Windows, colours are shown where it is set"},
		{"XDG_CONFIG_HOME", "config.yaml is looked for in its folder evbook"},
	}
}

// namesOf gives the names of variables.
func namesOf(variables []Variable) []string {
	names := make([]string, len(variables))
	for i, v := range variables {
		names[i] = v.Name
	}
	return names
}
