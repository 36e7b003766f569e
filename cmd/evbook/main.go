// Command evbook books seats for events, from the command line and over HTTP.
package main

import (
	"context"
	"os"
	"time"
	_ "time/tzdata" // machines without zone files know the zones of events too

	"golang.org/x/term"

	"evbook/internal/cli"
)

func main() {
	terminal := func(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
	os.Exit(cli.Main(context.Background(), cli.Env{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		Getenv: os.LookupEnv, Environ: os.Environ(), Now: time.Now, Exit: os.Exit,
		InTerminal: terminal(os.Stdin), OutTerminal: terminal(os.Stdout),
		ErrTerminal: terminal(os.Stderr),
		Width: func() int {
			width, _, _ := term.GetSize(int(os.Stdout.Fd())) // 0 with an error
			return width
		},
	}, os.Args[1:]))
}
