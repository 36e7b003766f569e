package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

func TestATableIsAlignedForEyes(t *testing.T) {
	var b bytes.Buffer
	p := page{to: &b}
	heads := []column{
		{title: "ID", right: true}, {title: "name.of_it"}, {title: "FREE", right: true},
	}
	p.table(heads, [][]string{
		{"1", "Go Meetup", "5"},
		{"12", "李小龍", "1000"},
		{"3", "", "0"},
		{"4", "a longer name that is neither wrapped nor cut, whatever its length", "7"},
		{"5", "\x1b[2J\n|", "7"},
		{"6", "± § ·", "7"},
	})
	want := "" +
		"ID  name.of_it                                                          FREE\n" +
		" 1  Go Meetup                                                              5\n" +
		"12  李小龍                                                              1000\n" +
		" 3                                                                         0\n" +
		" 4  a longer name that is neither wrapped nor cut, whatever its length     7\n" +
		" 5  ␛[2J␊|                                                                 7\n" +
		" 6  ± § ·                                                                  7\n"
	if got := b.String(); got != want || p.err != nil {
		t.Errorf("error %v, drawn:\n%s\nwant:\n%s", p.err, got, want)
	}
}

func TestATableFitsTheTerminal(t *testing.T) {
	heads := []column{
		{title: "ID", right: true}, {title: "NAME", flexible: true},
		{title: "MAIL", flexible: true}, {title: "FREE", right: true},
	}
	rows := func() [][]string {
		return [][]string{
			{"1", "an evening of very long names", "somebody@a-long-host.example.org", "5"},
			{"12", "李小龍李小龍李小龍李小龍李小龍李小龍", "李@example.org", "1000"},
			{"3", "short", "", "0"},
		}
	}
	for width := 10; width <= 90; width++ {
		var b bytes.Buffer
		p := page{to: &b, width: width, styles: width%2 == 0}
		p.table(heads, rows())
		for line := range strings.Lines(b.String()) {
			if got := twwidth.Width(strings.TrimSuffix(line, "\n")); got > width || p.err != nil {
				t.Errorf("width %d: error %v, %d wide: %s", width, p.err, got, line)
			}
		}
		cut := strings.Contains(b.String(), ellipsis)
		if fits := width >= 2+2+36+2+32+2+4; cut == fits {
			t.Errorf("width %d: cut is %v", width, cut)
		}
	}
}

func TestOnlyWhatIsAskedForIsWide(t *testing.T) {
	heads := []column{{title: "A"}, {title: "B", wide: true}, {title: "C"}}
	for wide, want := range map[bool]string{false: "A  C\n1  3\n", true: "A  B  C\n1  2  3\n"} {
		var b bytes.Buffer
		p := page{to: &b, wide: wide}
		p.table(heads, [][]string{{"1", "2", "3"}})
		if b.String() != want {
			t.Errorf("wide %v: %q, want %q", wide, b.String(), want)
		}
	}
}
