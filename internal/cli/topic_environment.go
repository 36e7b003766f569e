package cli

import (
	"fmt"
	"strings"

	"evbook/internal/config"
)

func environmentTopic() string {
	var b strings.Builder
	b.WriteString(`A flag wins over its variable, the variable over config.yaml, and that over
the default, which stands in brackets. An empty variable counts as unset. One
that begins with EVBOOK_ and is not known is refused.
`)
	writeVariables(&b, "Configuration", config.Variables())
	writeVariables(&b, "Other variables of evbook", config.OtherVariables())
	writeVariables(&b, "Variables of others that evbook heeds", config.ForeignVariables())
	return b.String()
}

func writeVariables(b *strings.Builder, title string, variables []config.Variable) {
	fmt.Fprintf(b, "\n%s:\n", title)
	for _, v := range variables {
		fmt.Fprintf(b, "  %s\n      %s\n", v.Name, v.About)
	}
}
