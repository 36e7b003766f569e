package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"evbook/internal/httpapi"
)

func newOpenAPI(a *app) *cobra.Command {
	formats := httpapi.OpenAPIFormats()
	format := formats[0]
	cmd := &cobra.Command{
		Use: "openapi",
		Long: `Print the contract of the HTTP API: an OpenAPI 3.1 document, from which clients and
documentation can be generated. A server answers with the same at /openapi.yaml and /openapi.json.
It is printed as it is, whatever --output says.`,
		Example: `  evbook openapi > openapi.yaml
  evbook openapi --format json`,
		Args: noArguments,
		RunE: a.runBare(func(cmd *cobra.Command, _ []string) error {
			text := httpapi.OpenAPI(format)
			if text == "" {
				var f form
				f.bad.Add("format", fmt.Sprintf("must be %s, got %.40q",
					strings.Join(formats, " or "), format))
				return f.err(nil)
			}
			_, err := io.WriteString(cmd.OutOrStdout(), text)
			return err
		}),
	}
	cmd.Flags().StringVar(&format, "format", format, "`FORMAT`: "+strings.Join(formats, ", "))
	return cmd
}
