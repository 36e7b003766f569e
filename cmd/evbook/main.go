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
	os.Exit(cli.Main(context.Background(), cli.Env{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		Getenv: os.LookupEnv, Environ: os.Environ(), Now: time.Now, Exit: os.Exit,
		Interactive: term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stderr.Fd())),
	}, os.Args[1:]))
}
