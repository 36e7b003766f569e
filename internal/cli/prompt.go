package cli

import (
	"bufio"
	"context"
	"fmt"
	"strings"
)

// canAsk says whether there is a person to ask.
func (a *app) canAsk() bool {
	if !a.env.InTerminal || !a.env.ErrTerminal || a.global.noInput {
		return false
	}
	for _, name := range []string{"EVBOOK_NO_INPUT", "CI"} {
		if value, _ := a.env.Getenv(name); value != "" {
			return false
		}
	}
	return true
}

// confirm asks a question that is answered by yes or no; no is the default. It ends with the
// context, as reading from a terminal does not.
func (a *app) confirm(ctx context.Context, question string) (bool, error) {
	if _, err := fmt.Fprint(a.env.Err, visible(question), " [y/N] "); err != nil {
		return false, err
	}
	typed := make(chan string, 1)
	go func() {
		text, _ := bufio.NewReader(a.env.In).ReadString('\n')
		typed <- text
	}()
	select {
	case text := <-typed:
		if !strings.HasSuffix(text, "\n") { // else what comes would stand behind the question
			_, _ = fmt.Fprintln(a.env.Err)
		}
		reply := strings.ToLower(strings.TrimSpace(text))
		return reply == "y" || reply == "yes", nil
	case <-ctx.Done():
		_, _ = fmt.Fprintln(a.env.Err)
		return false, ctx.Err()
	}
}
