// Package cli is the command line of evbook: it turns words into requests to the store and answers
// into text, JSON and exit codes. It holds no rule and no SQL. Data goes to the standard output and
// everything else to the standard error; only [Main] prints errors.
package cli

import (
	"context"
	"io"
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
// The first SIGINT or SIGTERM lets the command end in order, the second ends it at once: a change
// that is being made is then told to be unknown.
func Main(ctx context.Context, env Env, args []string) int {
	a := &app{
		env: env, out: &answerWriter{to: env.Out},
		pending: &pending{abandoned: make(chan struct{})}, unheed: func() {},
	}
	defer func() { a.unheed() }()
	root := newRoot(a, args)
	root.SetArgs(args)
	command, err := root.ExecuteContextC(ctx)
	if err == nil {
		err = a.out.lost()
	}
	if err == nil {
		return 0
	}
	return a.report(command.Context(), command, args, err)
}

// app is what the commands of one run share.
type app struct {
	env     Env
	out     *answerWriter
	pending *pending
	// unheed ends that signals are heeded.
	unheed func()
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
