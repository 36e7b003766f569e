package cli

import (
	"bytes"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// In cobra's script for fish, the words of the line lose their quotes and are then evaluated: at
// TAB, fish would run what stands behind a semicolon in a quoted name, and see two words in a path
// with a space. Here they are quoted again, but for a leading ~ that stands for the home folder.
const (
	fishWords       = `set -l args (commandline -opc)`
	fishQuotedWords = `set -l args (string escape -- (commandline -opc) | ` +
		`string replace -r "^'~/" "~/'")`
)

// quoteInFish mends the script that the command completion fish prints, if there is one.
func quoteInFish(root *cobra.Command) {
	if root.CompletionOptions.DisableDefaultCmd {
		return
	}
	cmd, _, err := root.Find([]string{"completion", "fish"})
	if err != nil {
		panic(err) // cobra has just made it
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		bare, err := cmd.Flags().GetBool("no-descriptions")
		if err != nil {
			return err
		}
		var script bytes.Buffer
		if err := root.GenFishCompletion(&script, !bare); err != nil {
			return err
		}
		mended := strings.Replace(script.String(), fishWords, fishQuotedWords, 1)
		_, err = io.WriteString(cmd.OutOrStdout(), mended)
		return err
	}
}
