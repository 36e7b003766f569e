package cli

import (
	"bytes"
	"testing"
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
