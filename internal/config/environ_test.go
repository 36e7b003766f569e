package config

import (
	"testing"
)

func TestMisspeltVariablesAreRefusedWithTheNearest(t *testing.T) {
	for entry, parts := range map[string][]string{
		"EVBOOK_LOCK_TIMOUT=5s":   {"EVBOOK_LOCK_TIMOUT", "did you mean EVBOOK_LOCK_TIMEOUT"},
		"EVBOOK_db=x":             {"EVBOOK_db", "did you mean EVBOOK_DB"},
		"EVBOOK_CONFG=x":          {"EVBOOK_CONFG", "did you mean EVBOOK_CONFIG"},
		"EVBOOK_CONFIGDIR=x":      {"EVBOOK_CONFIGDIR", "did you mean EVBOOK_CONFIG_DIR"},
		"EVBOOK_LOCK-TIMEOUT=5s":  {"did you mean EVBOOK_LOCK_TIMEOUT"},
		"EVBOOK_NO_INPUTS=1":      {"EVBOOK_NO_INPUTS", "did you mean EVBOOK_NO_INPUT"},
		"EVBOOK_DATABASE=x":       {"EVBOOK_DATABASE", "known are EVBOOK_ADDR, EVBOOK_BEHIND"},
		"EVBOOK_=x":               {"EVBOOK_", "known are EVBOOK_ADDR"},
		"EVBOOK_\x1b[2J\n=x":      {"known are"},
		"EVBOOK_\xff\u202e=a=b=c": {"known are"},
	} {
		src := source(t, nil)
		src.Environ = []string{"HOME=/", "EVBOOK_DB=a.db", entry}
		refuses(t, src, append(parts, "variable ", "unset")...)
	}
}

func TestKnownAndForeignVariablesAreLeftAlone(t *testing.T) {
	src := source(t, nil)
	src.Environ = []string{
		"EVBOOK=x", "EVBOOKS_DB=x", "MY_EVBOOK_X=x", "evbook_x=x", "", "=C:=C:\\", "EVBOOK_NOVALUE",
		// An empty variable counts as unset, as it does for those that are known.
		"EVBOOK_TYPO=",
		"EVBOOK_CONFIG=none", "EVBOOK_CONFIG_DIR=x", "EVBOOK_LONG=1", "EVBOOK_NOSKIP=1",
		"EVBOOK_NO_INPUT=1", "EVBOOK_ACTIVE_HELP=0", "EVBOOK_COMPLETION_DESCRIPTIONS=0",
	}
	for _, k := range keys() {
		src.Environ = append(src.Environ, k.variable()+"=x")
	}
	if c := mustLoad(t, src); c != defaults() {
		t.Errorf("got %+v", c)
	}
}

// There a variable has one name in whatever case it is written.
func TestOnWindowsTheCaseOfAVariableDoesNotMatter(t *testing.T) {
	src := source(t, nil)
	src.OS, src.Environ = "windows", []string{"evbook_db=x", "Evbook_Config=none"}
	mustLoad(t, src)
	src.Environ = []string{"evbook_dd=x"}
	refuses(t, src, "evbook_dd", "did you mean EVBOOK_DB")
}
