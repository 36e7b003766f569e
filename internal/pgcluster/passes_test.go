package pgcluster

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"testing"
)

func TestLeftOut(t *testing.T) {}

func TestRunInEachPass(t *testing.T) {
	if os.Getenv(helperEnv) != "" {
		t.Logf("asked, on PostgreSQL: %t", OnPostgres())
	}
}

func TestTwoPassesLeaveOutWhatTheyAreTold(t *testing.T) {
	_, err := binaries()
	need(t, err)
	runs := regexp.MustCompile(`(?m)^=== RUN +(\w+)$|asked, on PostgreSQL: \w+|^once more`)
	for _, c := range []struct {
		engine string
		args   []string
		want   []string
	}{
		{"", nil, []string{"TestLeftOut", "TestRunInEachPass", "false", "once more",
			"TestRunInEachPass", "true"}},
		{"", []string{"-test.bench=."}, []string{"TestLeftOut", "TestRunInEachPass", "false"}},
		{"sqlite", nil, []string{"TestLeftOut", "TestRunInEachPass", "false"}},
		{"postgres", nil, []string{"TestRunInEachPass", "true"}},
		{"postgres", []string{"-test.skip=TestRun"}, nil},
	} {
		args := append([]string{"-test.v", "-test.run=LeftOut$|RunInEach"}, c.args...)
		cmd := exec.Command(os.Args[0], args...)
		cmd.Env = append(os.Environ(), helperEnv+"=twice", engineEnv+"="+c.engine)
		said, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%q %q: %v: %s", c.engine, c.args, err, said)
		}
		var got []string
		for _, found := range runs.FindAll(said, -1) {
			words := regexp.MustCompile(`once more|\w+$`).Find(found)
			got = append(got, string(words))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q %q: %q, want %q: %s", c.engine, c.args, got, c.want, said)
		}
	}
}

func TestASecondPassThatFailsFailsTheTests(t *testing.T) {
	for noskip, want := range map[string]string{"": "exit status 0", "1": "exit status 1"} {
		cmd := exec.Command(os.Args[0], "-test.run=LeftOut$")
		cmd.Env = append(os.Environ(), helperEnv+"=twice", engineEnv+"=", binEnv+"="+t.TempDir(),
			"EVBOOK_NOSKIP="+noskip)
		said, _ := cmd.CombinedOutput() // its status is looked at
		if got := cmd.ProcessState.String(); got != want {
			t.Errorf("EVBOOK_NOSKIP=%s: %s, want %s: %s", noskip, got, want, said)
		}
	}
}
