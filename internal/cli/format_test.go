package cli

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"evbook/internal/config"
)

// hostile is what a database could hold that evbook has not checked.
func hostile() [][]string {
	return [][]string{
		{"a\tb", "line\nend", `back\slash`, "cr\rcr"},
		{"", " ", "李 \"quoted\", and |piped|", "\x1b[2J"},
		{"\u202eevil", "<script>", "\xff", "=1+1"},
	}
}

func TestAPlainLineIsARowAndATabEndsAField(t *testing.T) {
	var b bytes.Buffer
	w := newRowWriter(formatPlain, &b)
	for _, row := range hostile() {
		if err := w.write(row); err != nil {
			t.Fatal(err)
		}
	}
	const want = `a\tb` + "\t" + `line\nend` + "\t" + `back\\slash` + "\t" + `cr\rcr` + "\n" +
		"\t \t李 \"quoted\", and |piped|\t␛[2J\n" +
		`\u202eevil` + "\t<script>\t" + `\xff` + "\t=1+1\n"
	if b.String() != want {
		t.Errorf("written:\n%q\nwant:\n%q", b.String(), want)
	}
}

func TestCSVIsReadAsItWasMeant(t *testing.T) {
	var b bytes.Buffer
	w := newRowWriter(formatCSV, &b)
	for _, row := range hostile() {
		if err := w.write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.flush(); err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(&b).ReadAll()
	want := hostile()
	want[0][3] = "cr␍cr"
	want[0][0] = "a␉b"
	want[1][3], want[2][0], want[2][2] = "␛[2J", `\u202eevil`, `\xff`
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("error %v, read %q, want %q", err, got, want)
	}
}

func TestMarkdownKeepsEveryCellInItsColumn(t *testing.T) {
	var b bytes.Buffer
	w := newRowWriter(formatMarkdown, &b)
	if err := w.head([]string{"a", "b", "c", "d"}); err != nil {
		t.Fatal(err)
	}
	for _, row := range hostile() {
		if err := w.write(row); err != nil {
			t.Fatal(err)
		}
	}
	for line := range strings.Lines(b.String()) {
		bars := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if bars != 5 || strings.Contains(line, "<script>") {
			t.Errorf("%d bars: %s", bars, line)
		}
	}
}

// The golden file is a promise to scripts: a field that stands there keeps its name and its place.
// New fields go behind the others, and then into the file.
func TestFieldsAreOnlyAddedBehindTheOthers(t *testing.T) {
	golden, err := os.ReadFile(filepath.Join("..", "..", "testdata", "fields.golden"))
	if err != nil {
		t.Fatal(err)
	}
	promised := map[string]string{}
	for line := range strings.Lines(string(golden)) {
		if command, fields, found := strings.Cut(strings.TrimSpace(line), ": "); found {
			promised[command] = fields
		}
	}
	answering := 0
	eachCommand(newRoot(&app{}, nil), func(cmd *cobra.Command) {
		fields := strings.Join(fieldsOf(cmd), ",")
		if fields == "" {
			return
		}
		answering++
		if want := promised[cmd.CommandPath()]; want != fields {
			t.Errorf("%s has the fields\n%s\npromised are\n%s", cmd.CommandPath(), fields, want)
		}
	})
	if answering != len(promised) {
		t.Errorf("%d commands have fields, %d have promised some", answering, len(promised))
	}
}

func eachCommand(cmd *cobra.Command, visit func(*cobra.Command)) {
	visit(cmd)
	for _, sub := range cmd.Commands() {
		eachCommand(sub, visit)
	}
}

func TestEveryFormatIsExplained(t *testing.T) {
	for _, format := range config.Formats() {
		if formatAbout(format) == "" {
			t.Errorf("%s is not explained", format)
		}
	}
}

// Whatever shows or changes something answers in every format.
func TestEveryCommandAnswersInEveryFormat(t *testing.T) {
	for _, format := range config.Formats() {
		w := newWorld(t)
		delete(w.vars, "EVBOOK_CONFIG")
		w.vars["XDG_CONFIG_HOME"] = t.TempDir()
		w.vars["EVBOOK_OUTPUT"] = format
		w.piped = true
		ref := func() string {
			return strings.TrimSpace(w.must("book", "--event", "1", "--qty", "1", "-o", "name"))
		}
		w.must("event", "create", "--name", "A", "--capacity", "9", "-q")
		for _, line := range [][]string{
			{"event", "create", "--name", "B", "--capacity", "9"}, {"event", "list"},
			{"event", "show", "1"}, {"event", "edit", "1", "--venue", "Hall"},
			{"event", "close", "2"}, {"event", "open", "2"}, {"event", "cancel", "2"},
			{"event", "delete", "2"}, {"book", "--event", "1", "--qty", "1"}, {"booking", "list"},
			{"booking", "show", ref()}, {"booking", "cancel", ref()},
			{"check", "--event", "1", "--qty", "1"}, {"log"}, {"verify"}, {"version"},
			{"backup", "--out", filepath.Join(t.TempDir(), "copy.db")},
			{"config", "init"}, {"config", "path"}, {"config", "show"}, {"config", "get", "db"},
			{"config", "set", "tz", "UTC"}, {"config", "validate"},
		} {
			stdout, stderr, code := w.run(line...)
			nothing := format == formatName && line[0] == "verify" // it names findings
			if code != 0 || (stdout == "") != nothing {
				t.Errorf("%s: evbook %s: exit %d, %q, %q", format, strings.Join(line, " "), code,
					stdout, stderr)
			}
			if format == formatCSV {
				if _, err := csv.NewReader(strings.NewReader(stdout)).ReadAll(); err != nil {
					t.Errorf("evbook %s: %v", strings.Join(line, " "), err)
				}
			}
		}
	}
}

func TestPickedFieldsComeInTheOrderOfTheWish(t *testing.T) {
	w := newWorld(t)
	w.piped = true
	w.must("event", "create", "--name", "A", "--capacity", "9", "-q")
	if got := w.must("event", "list", "--fields", "capacity, name,id"); got != "9\tA\t1\n" {
		t.Errorf("got %q", got)
	}
	if got := w.must("event", "list", "--fields", "id,id"); got != "1\t1\n" {
		t.Errorf("got %q", got)
	}
}

func TestTheDefaultFormatIsThatOfTheReader(t *testing.T) {
	w := newWorld(t)
	w.vars["NO_COLOR"] = "1"
	w.must("event", "create", "--name", "A", "--capacity", "9", "-q")
	if got := w.must("event", "list"); !strings.HasPrefix(got, "ID  NAME") {
		t.Errorf("on a terminal: %q", got)
	}
	w.piped = true
	if got := w.must("event", "list"); !strings.HasPrefix(got, "1\t\tA\t") {
		t.Errorf("in a pipe: %q", got)
	}
	w.vars["EVBOOK_OUTPUT"] = "name"
	if got := w.must("event", "list"); got != "1\n" {
		t.Errorf("as configured: %q", got)
	}
	if got := w.must("event", "list", "-o", "csv", "--fields", "id"); got != "id\n1\n" {
		t.Errorf("as asked for: %q", got)
	}
}

func TestFormatsOfTheConfigurationAreThoseOfTheProgram(t *testing.T) {
	known := []string{formatTable, formatWide, formatPlain, formatJSON, formatNDJSON, formatCSV,
		formatMarkdown, formatName}
	if !slices.Equal(known, config.Formats()) {
		t.Errorf("%v, want %v", config.Formats(), known)
	}
}
