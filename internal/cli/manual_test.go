package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The manuals are written here and not by a command: the generators that cobra offers cost every
// start of the program three quarters of a millisecond.
func TestTheManualsAreWhatTheCommandsSay(t *testing.T) {
	for name, written := range map[string]string{"cli.md": markdown(), "evbook.1": roff()} {
		path := filepath.Join("..", "..", "docs", name)
		if *update {
			if err := os.WriteFile(path, []byte(written), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		kept, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(kept) != written {
			t.Errorf("docs/%s is not what the commands say; "+
				"run: go test ./internal/cli -run Manual -update", name)
		}
	}
}

// about is what the help of a command says first.
func about(c *cobra.Command) string {
	if c.Long != "" {
		return c.Long
	}
	return c.Short
}

// markdown is the manual for the web.
func markdown() string {
	var b strings.Builder
	b.WriteString("# The command line\n\nThis is what `evbook help` says, in one page. " +
		"The flags of `evbook` itself go with every command.\n")
	block := func(language, text string) {
		fmt.Fprintf(&b, "\n```%s\n%s\n```\n", language, strings.Trim(text, "\n"))
	}
	everyCommand(func(c *cobra.Command) {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", c.CommandPath(), strings.TrimSpace(about(c)))
		if c.HasExample() {
			block("sh", strings.ReplaceAll("\n"+c.Example, "\n  ", "\n"))
		}
		block("", synopsis(c)+"\n\n"+c.LocalFlags().FlagUsages())
	})
	for _, t := range topics() {
		fmt.Fprintf(&b, "\n## evbook help %s\n", t.name)
		block("", t.text())
	}
	return b.String()
}

// roff is the manual for man, section 1. It carries no date, so that it changes only with what it
// says.
func roff() string {
	var b strings.Builder
	section := func(macro, title string) { fmt.Fprintf(&b, "%s \"%s\"\n", macro, quoteRoff(title)) }
	block := func(text string) {
		fmt.Fprintf(&b, ".PP\n.nf\n%s\n.fi\n", quoteRoff(strings.Trim(text, "\n")))
	}
	b.WriteString(".TH EVBOOK 1 \"\" \"evbook\" \"evbook manual\"\n")
	root := newRoot(&app{out: &answerWriter{}}, nil)
	section(".SH", "NAME")
	fmt.Fprintf(&b, "evbook \\- %s\n", quoteRoff(root.Short))
	section(".SH", "SYNOPSIS")
	fmt.Fprintln(&b, quoteRoff(synopsis(root)))
	section(".SH", "COMMANDS")
	everyCommand(func(c *cobra.Command) {
		section(".SS", c.CommandPath())
		for _, paragraph := range strings.Split(strings.TrimSpace(about(c)), "\n\n") {
			if strings.HasPrefix(paragraph, "\t") {
				block(paragraph)
			} else {
				fmt.Fprintf(&b, ".PP\n%s\n", quoteRoff(strings.TrimSpace(paragraph)))
			}
		}
		block(c.Example)
		block(synopsis(c))
		c.LocalFlags().VisitAll(func(f *pflag.Flag) { writeFlag(&b, f) })
	})
	for _, t := range topics() {
		section(".SH", strings.ToUpper(t.name))
		block(t.text())
	}
	return b.String()
}

// writeFlag describes a flag as man pages do.
func writeFlag(b *strings.Builder, f *pflag.Flag) {
	value, usage := pflag.UnquoteUsage(f)
	names := "--" + f.Name
	if f.Shorthand != "" {
		names = "-" + f.Shorthand + ", " + names
	}
	fmt.Fprintf(b, ".TP\n\\fB%s\\fR", quoteRoff(names))
	if value != "" {
		fmt.Fprintf(b, " \\fI%s\\fR", quoteRoff(value))
	}
	fmt.Fprintf(b, "\n%s\n", quoteRoff(usage))
}

// quoteRoff keeps text from being read as commands of roff, and what a shell reads from being
// turned into other signs.
func quoteRoff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, `-`, `\-`, `"`, `\(dq`, "`", `\(ga`, `'`, `\(aq`,
		`^`, `\(ha`, `~`, `\(ti`).Replace(text)
	var ascii strings.Builder
	for _, r := range text {
		if r < utf8.RuneSelf {
			ascii.WriteRune(r)
		} else {
			fmt.Fprintf(&ascii, `\[u%04X]`, r)
		}
	}
	lines := strings.Split(ascii.String(), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}
