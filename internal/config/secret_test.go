package config

import (
	"strings"
	"testing"
)

const secretURL = "postgres://ann:hunter2@db.example/evbook"

func TestPasswordsNeverStandInAnError(t *testing.T) {
	long := "postgres://ann:" + strings.Repeat("hunter2", 20) + "@db.example/evbook"
	sources := map[string]Source{
		"as the file":       source(t, nil, "--config", secretURL),
		"as the file, long": source(t, nil, "--config", long),
		"as the address":    source(t, nil, "--addr", secretURL),
		"as the format":     source(t, map[string]string{"EVBOOK_OUTPUT": secretURL}),
		"cut":               source(t, nil, "--currency", long),
		"with @ and / in it": source(t, nil, "--addr",
			"postgres://ann:p@ss/hunter2@db.example/evbook"),
		"as a parameter": source(t, nil, "--addr",
			"postgres://db.example/evbook?user=ann&password=hunter2&sslmode=disable"),
		"as a word":   source(t, nil, "--addr", "host=db.example PassWord=hunter2"),
		"quoted":      source(t, nil, "--addr", "password='old hunter2' host=db.example"),
		"open quote":  source(t, nil, "--addr", "password='old hunter2"),
		"as a key":    source(t, nil, "--config", write(t, `"`+secretURL+`": x`)),
		"with a tag":  source(t, nil, "--config", write(t, "db: !url "+secretURL)),
		"as a tag":    source(t, nil, "--config", write(t, "db: !<"+secretURL+"> x")),
		"as an alias": source(t, nil, "--config", write(t, "db: *"+secretURL)),
		"not as text": source(t, nil, "--config", write(t, "db: ["+secretURL+"]")),
		"without a space": source(t, nil, "--config",
			write(t, "db:"+secretURL)),
		"as a variable": {
			Getenv: lookupIn(nil), Environ: []string{"EVBOOK_DATABASE=" + secretURL},
		},
		"in a variable": {
			Getenv: lookupIn(nil), Environ: []string{"EVBOOK_" + secretURL + "=x"},
		},
	}
	for name, src := range sources {
		t.Run(name, func(t *testing.T) {
			_, err := Load(src)
			if err == nil {
				t.Fatal("no error")
			}
			checkLine(t, err.Error())
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the password is told: %s", err)
			}
		})
	}
}

func TestWhatIsNotSecretIsShownAsItIs(t *testing.T) {
	for _, text := range []string{
		"events.db", "/tmp/a@b/events.db", "ann@db.example", "postgres://db.example/evbook",
		"c://x", "", "passwords", "://",
	} {
		if got := masked(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
	if got, want := masked(secretURL), "postgres://***@db.example/evbook"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
