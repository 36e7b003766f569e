package cli

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"evbook/internal/booking"
	"evbook/internal/config"
)

// attempts is how often the tests ask: where nothing is found in time nothing is offered, and the
// machine may be busy.
const attempts = 20

// complete asks as a shell does, for the last of the words, and gives the offers with what is said
// about them, and the directive.
func (w *world) complete(words ...string) (offers []string, directive cobra.ShellCompDirective) {
	w.t.Helper()
	stdout, stderr, code := w.run(append([]string{cobra.ShellCompRequestCmd}, words...)...)
	if code != 0 || stderr != "" {
		w.t.Fatalf("%q: exit %d, stderr %q", words, code, stderr)
	}
	lines := strings.Split(strings.TrimSuffix(stdout, "\n"), "\n")
	number, err := strconv.Atoi(strings.TrimPrefix(lines[len(lines)-1], ":"))
	if err != nil {
		w.t.Fatalf("%q: no directive in %q", words, stdout)
	}
	return lines[:len(lines)-1], cobra.ShellCompDirective(number)
}

// wordsOf splits a line at its spaces. "TAB" stands where nothing was typed yet.
func wordsOf(line string) []string {
	words := strings.Fields(line)
	for i, word := range words {
		words[i] = strings.TrimSuffix(word, "TAB")
	}
	return words
}

// offers insists on what is offered after a line.
func (w *world) offers(line string, want ...string) {
	w.t.Helper()
	words := wordsOf(line)
	var got []string
	for range attempts {
		if got, _ = w.complete(words...); len(got) > 0 || len(want) == 0 {
			break
		}
	}
	if !slices.Equal(got, want) {
		w.t.Errorf("%s offers\n%s\nwant\n%s", line, strings.Join(got, "\n"),
			strings.Join(want, "\n"))
	}
}

func TestTheWordsOfFixedListsAreOfferedWithWhatTheyMean(t *testing.T) {
	w := newWorld(t)
	var listed []string
	for _, format := range config.Formats() {
		listed = append(listed, format+"\t"+formatAbout(format))
	}
	w.offers("-o TAB", listed...)
	w.offers("event list --output=TAB", listed...)
	w.offers("--color TAB", config.Colors()...)
	w.offers("event create --currency TAB", booking.Currencies()...)
	for line, some := range map[string]string{
		"help TAB":       "exit-codes\tWhat the exit code of a command means",
		"help e":         "event\tCreate, list, show, change and cancel events",
		"help event TAB": "close\tTake an event off sale; its bookings stay",
		"config get TAB": "db\t" + config.Defaults()[0].Description,
		"config set TAB": "currency\tthe currency of new events, three letters",
		"TAB":            "check\tSay whether seats can be booked",
		"book --q":       "--qty\tN seats",
		"--d":            "--db\tthe database: a FILE, or postgres://HOST/NAME (events.db)",
	} {
		offers, directive := w.complete(wordsOf(line)...)
		if !slices.Contains(offers, some) || directive&cobra.ShellCompDirectiveNoFileComp == 0 {
			t.Errorf("%s: %q is not offered, but %q (%d)", line, some, offers, directive)
		}
	}
}

func TestFieldsAreOfferedOneAfterTheOther(t *testing.T) {
	known := []string{"id", "name", "slug"}
	for typed, want := range map[string][]string{
		"": known, "n": known, "id,": {"id,name", "id,slug"},
		"name,id,s": {"name,id,slug"}, "id,name,slug,": nil,
	} {
		offers, directive := nextInList(known, typed)
		if !slices.Equal(offers, want) || directive&cobra.ShellCompDirectiveNoSpace == 0 {
			t.Errorf("%q: %q (%d), want %q", typed, offers, directive, want)
		}
	}
	offers, _ := newWorld(t).complete("event", "list", "--fields", "")
	if !slices.Contains(offers, "slug") {
		t.Errorf("event list --fields offers %q", offers)
	}
}

func TestWhatIsOfferedIsAccepted(t *testing.T) {
	w := newWorld(t)
	w.must("event", "create", "--name", "Go Meetup", "--capacity", "1")
	tried := 0
	for _, command := range []string{"event list", "booking list", "hold list"} {
		for _, flag := range []string{"--sort", "--status", "--fields", "--output", "--color"} {
			line := append(strings.Fields(command), flag)
			offers, _ := w.complete(append(line, "")...)
			for _, offer := range offers {
				value, _, _ := strings.Cut(offer, "\t")
				w.must(append(line, value)...)
				tried++
			}
		}
	}
	for _, code := range booking.Currencies() {
		if _, err := booking.ParseCurrency(code); err != nil {
			t.Error(err)
		}
	}
	if tried < 70 {
		t.Errorf("only %d offers were seen", tried)
	}
}

func TestEveryPlaceOfACompletionExists(t *testing.T) {
	a := &app{}
	root := newRoot(&app{out: &answerWriter{}}, nil)
	seen := map[string]bool{}
	for _, c := range a.completions() {
		cmd, flag := c.find(root)
		place := c.command + " --" + c.flag
		if cmd == nil || c.flag != "" && flag == nil {
			t.Errorf("there is no %s", place)
		}
		if seen[place] {
			t.Errorf("%s stands twice", place)
		}
		seen[place] = true
	}
	if cmd, _ := (completion{command: "event nosuch"}).find(root); cmd != nil {
		t.Errorf("event nosuch is %s", cmd.CommandPath())
	}
}

// Wherever a value is asked for, exactly the flags that name a file get files from the shell.
func TestFilesAreOfferedForFilesOnly(t *testing.T) {
	w := newWorld(t)
	files, others := 0, 0
	everyCommand(func(c *cobra.Command) {
		words := strings.Fields(c.CommandPath())[1:]
		c.Flags().AddFlagSet(c.InheritedFlags())
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if f.NoOptDefVal != "" {
				return
			}
			line := append(slices.Clone(words), "--"+f.Name, "")
			offers, directive := w.complete(line...)
			value, _ := pflag.UnquoteUsage(f)
			isFile := strings.HasPrefix(value, "FILE")
			if isFile == (directive&cobra.ShellCompDirectiveNoFileComp != 0) {
				t.Errorf("%q takes a %s, the directive is %d", line, value, directive)
			}
			if isFile && len(offers) > 0 {
				t.Errorf("%q offers %q", line, offers)
			}
			if isFile {
				files++
			} else {
				others++
			}
		})
	})
	if files < 30 || others < 60 {
		t.Errorf("only %d and %d flags were seen", files, others)
	}
	if _, directive := w.complete("config", "validate", ""); directive != 0 {
		t.Errorf("config validate: directive %d", directive)
	}
	for _, line := range []string{"event create --name TAB", "book --email TAB", "nosuch TAB"} {
		w.offers(line)
	}
}
