package cli

import "testing"

func TestColoursFollowTheUsersWish(t *testing.T) {
	type vars = map[string]string
	for _, c := range []struct {
		name, choice string
		terminal     bool
		vars         vars
		want         painter
	}{
		{"a terminal", "auto", true, nil, true},
		{"no terminal", "auto", false, nil, false},
		{"before the configuration is read", "", true, nil, true},
		{"NO_COLOR", "auto", true, vars{"NO_COLOR": "1"}, false},
		{"NO_COLOR of any value", "auto", true, vars{"NO_COLOR": "0"}, false},
		{"an empty NO_COLOR", "auto", true, vars{"NO_COLOR": ""}, true},
		{"a dumb terminal", "auto", true, vars{"TERM": "dumb"}, false},
		{"CLICOLOR=0", "auto", true, vars{"CLICOLOR": "0"}, false},
		{"CLICOLOR=1", "auto", false, vars{"CLICOLOR": "1"}, false},
		{"CLICOLOR_FORCE", "auto", false, vars{"CLICOLOR_FORCE": "1"}, true},
		{"CLICOLOR_FORCE=0", "auto", false, vars{"CLICOLOR_FORCE": "0"}, false},
		{"FORCE_COLOR", "auto", false, vars{"FORCE_COLOR": "1"}, true},
		{"NO_COLOR against FORCE_COLOR", "auto", true,
			vars{"FORCE_COLOR": "1", "NO_COLOR": "1"}, false},
		{"--color always", "always", false, vars{"NO_COLOR": "1"}, true},
		{"--color never", "never", true, vars{"FORCE_COLOR": "1"}, false},
	} {
		a := &app{env: Env{Getenv: func(name string) (string, bool) {
			value, ok := c.vars[name]
			return value, ok
		}}}
		if got := a.painter(c.choice, c.terminal); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestEveryStyleIsTakenBack(t *testing.T) {
	for _, s := range []style{bold, dim, red, green, yellow} {
		if got := painter(true).paint(s, "x"); got != s.begin()+"x\x1b[0m" || s.begin() == "" {
			t.Errorf("style %d: %q", s, got)
		}
		if got := painter(false).paint(s, "x"); got != "x" {
			t.Errorf("style %d without colours: %q", s, got)
		}
	}
	if got := painter(true).paint(unstyled, "x"); got != "x" {
		t.Errorf("unstyled: %q", got)
	}
}
