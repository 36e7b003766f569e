// Package cli is the command line of evbook: it turns words into requests to the store and answers
// into text, JSON and exit codes. It holds no rule and no SQL. Data goes to the standard output and
// everything else to the standard error; only [Main] prints errors.
package cli

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"evbook/internal/config"
)

// Env is all that a command sees of the world around it, besides the database.
type Env struct {
	In       io.Reader
	Out, Err io.Writer
	// Getenv looks an environment variable up, as os.LookupEnv does.
	Getenv func(name string) (string, bool)
	// Environ lists the environment, as os.Environ does, to find misspelt variables.
	Environ []string
	Now     func() time.Time
	// InTerminal says whether a person types into In, OutTerminal and ErrTerminal whether one looks
	// at Out and at Err.
	InTerminal, OutTerminal, ErrTerminal bool
	// Width is the width of the terminal behind Out in columns, 0 when it is not known. It is only
	// asked for when OutTerminal is true.
	Width func() int
	// Exit ends the process at once, as os.Exit does; it is called at the second signal.
	Exit func(code int)
}

// Main runs one command line, without the program's name, and gives the exit code of the process.
// The first SIGINT or SIGTERM lets the command end in order, the second ends the process at once.
func Main(ctx context.Context, env Env, args []string) int {
	ctx, stop := interruptible(ctx, env.Exit)
	defer stop()
	a := &app{env: env, out: &answerWriter{to: env.Out}}
	root := newRoot(a)
	root.SetArgs(args)
	command, err := root.ExecuteContextC(ctx)
	if err == nil {
		err = a.out.lost()
	}
	if err == nil {
		return 0
	}
	return a.report(ctx, command, args, err)
}

// app is what the commands of one run share.
type app struct {
	env    Env
	out    *answerWriter
	global struct {
		quiet, noInput, noHeader bool
		// fields is what was typed after --fields.
		fields *string
	}
	// dryRun is true when a change is to be taken back.
	dryRun bool
	// ifVersion is what was typed after --if-version; nil for any version.
	ifVersion *string
	// config is empty until the command runs, so that help reads no file.
	config config.Config
	// formatChosen is true when somebody wants the format, false when it is the default.
	formatChosen bool
	// picked are the places of the fields that are wanted, nil for all.
	picked []int
}

// interruption is the cause of a context that a signal has cancelled.
type interruption struct{ signal os.Signal }

func (i interruption) Error() string { return "stopped by " + i.signal.String() }

// interruptible gives a context that ends with the first SIGINT or SIGTERM; the second one ends the
// process. What signals do by default is no help for that: a shell makes them ignored in the
// commands that a script runs in the background.
func interruptible(parent context.Context, exit func(int)) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	caught := make(chan os.Signal, 2)
	over := make(chan struct{})
	signal.Notify(caught, os.Interrupt, syscall.SIGTERM)
	go func() {
		for count := 1; ; count++ {
			select {
			case s := <-caught:
				cancel(interruption{s})
				if count == 2 {
					exit(interruptedCode(ctx))
				}
			case <-over:
				return
			}
		}
	}()
	return ctx, func() {
		signal.Stop(caught)
		close(over)
		cancel(nil)
	}
}
