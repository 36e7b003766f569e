//go:build unix

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// example is one command of a document and what the document says it prints.
type example struct {
	line          int
	command, says string
}

// examples reads the ```console blocks of a document.
func examples(text string) (found []example) {
	inside := false
	for i, line := range strings.Split(text, "\n") {
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case strings.HasPrefix(line, "```"):
			inside = line == "```console"
		case inside && isCommand:
			found = append(found, example{line: i + 1, command: command})
		case inside:
			found[len(found)-1].says += line + "\n"
		}
	}
	return found
}

// chance is what differs from run to run in what the program prints, and what stands for it.
var chance = []struct {
	pattern *regexp.Regexp
	same    string
}{
	{regexp.MustCompile(`EVB-\w{5}-\w{5}-\w`), "REFERENCE"},
	{regexp.MustCompile(`"request_id":"[^"]*"`), "REQUEST"},
	{regexp.MustCompile(`\d+ bytes`), "SIZE"},
	{regexp.MustCompile(`"at":"[^"]*"`), "TIME"},
}

func sameForAll(text string) string {
	for _, c := range chance {
		text = c.pattern.ReplaceAllString(text, c.same)
	}
	return text
}

func TestEveryExampleInTheDocumentsIsTrue(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, path := range append(paths, filepath.Join(root, "README.md")) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		list := examples(string(text))
		if total += len(list); len(list) == 0 {
			continue
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			if strings.Contains(string(text), "curl ") {
				need(t, "curl")
			}
			shell := startShell(t)
			for _, e := range list {
				got := shell.run(t, e.command)
				if sameForAll(got) != sameForAll(strings.TrimSpace(e.says)) {
					t.Errorf("line %d: %s\nprints:\n%s\nthe document says:\n%s", e.line, e.command,
						got, e.says)
				}
			}
		})
	}
	if total < 10 {
		t.Errorf("found only %d examples: this test looks in the wrong place", total)
	}
}

// documentShell is one shell in which the examples of a document run one after the other.
type documentShell struct {
	in     io.Writer
	out    *bufio.Scanner
	port   string
	number int
}

func startShell(t *testing.T) *documentShell {
	t.Helper()
	need(t, "bash")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	listener.Close()
	cmd := newHouse(t).command(context.Background(), "bash")
	cmd.Env = append(cmd.Env, "EVBOOK_ADDR=127.0.0.1:"+port,
		"EVBOOK_OUTPUT=table") // the documents show what a person sees on a terminal
	cmd.Env = append(cmd.Env, through(theContract().Proxy(t))...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // to end what the examples leave running
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	r, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		in.Close()
		cmd.Wait()
	})
	return &documentShell{in: in, out: bufio.NewScanner(r), port: port}
}

// run gives what a command prints. The port of the documents is replaced by a free one.
func (s *documentShell) run(t *testing.T, command string) string {
	t.Helper()
	s.number++
	end := fmt.Sprintf("end of example %d", s.number)
	command = strings.ReplaceAll(command, "localhost:8080", "localhost:"+s.port)
	if strings.HasSuffix(command, "&") {
		defer s.waitForServer(t)
	}
	fmt.Fprintf(s.in, "%s\necho; echo '%s'\n", command, end)
	var printed strings.Builder
	for s.out.Scan() {
		if s.out.Text() == end {
			text := strings.ReplaceAll(printed.String(), "localhost:"+s.port, "localhost:8080")
			return strings.TrimSpace(text)
		}
		printed.WriteString(s.out.Text() + "\n")
	}
	t.Fatalf("the shell ended during: %s", command)
	return ""
}

func (s *documentShell) waitForServer(t *testing.T) {
	t.Helper()
	for range 200 {
		if conn, err := net.Dial("tcp", "127.0.0.1:"+s.port); err == nil {
			conn.Close()
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("the server of the examples does not answer")
}
