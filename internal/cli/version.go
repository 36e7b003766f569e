package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strconv"

	"github.com/spf13/cobra"

	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// build is what this program was made from, as JSON. What was not stamped into it is null.
type build struct {
	Version string  `json:"version"`
	Commit  *string `json:"commit"`
	// Modified is true when the sources differed from the commit.
	Modified bool `json:"modified"`
	// Date is that of the commit, in RFC 3339.
	Date *string `json:"date"`
	Go   string  `json:"go"`
	OS   string  `json:"os"`
	Arch string  `json:"arch"`
	// SQLite is the version of the database, Driver and Libc are those of the modules behind it.
	SQLite string  `json:"sqlite"`
	Driver *string `json:"driver"`
	Libc   *string `json:"libc"`
	// Schema is the number of the newest schema that this program knows.
	Schema int `json:"schema"`
}

func newVersion(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Example: "  evbook version\n  evbook version -o json",
		Args:    noArguments,
		RunE: a.runBare(func(*cobra.Command, []string) error {
			return a.show(versionAnswer(buildOf(debug.ReadBuildInfo())))
		}),
	}
}

// version is that of the module, as the Go toolchain has stamped it into the program.
func version() string { return buildOf(debug.ReadBuildInfo()).Version }

// buildOf reads what the Go toolchain has stamped into the program; known is false when there is
// nothing.
func buildOf(info *debug.BuildInfo, known bool) build {
	b := build{
		Version: "(unknown version)",
		Go:      runtime.Version(),
		OS:      runtime.GOOS,
		Arch:    runtime.GOARCH,
		SQLite:  storage.SQLiteVersion(),
		Schema:  storage.SchemaVersion(),
	}
	if !known {
		return b
	}
	if info.Main.Version != "" {
		b.Version = info.Main.Version
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			b.Commit = &setting.Value
		case "vcs.time":
			b.Date = &setting.Value
		case "vcs.modified":
			b.Modified = setting.Value == "true"
		}
	}
	for _, module := range info.Deps {
		switch module.Path {
		case "modernc.org/sqlite":
			b.Driver = &module.Version
		case "modernc.org/libc":
			b.Libc = &module.Version
		}
	}
	return b
}

func versionAnswer(b build) answer {
	return answer{
		envelope: httpapi.Envelope{Success: true, Message: "evbook " + b.Version, Data: b},
		names:    []string{b.Version},
		text:     func(p *page) { p.build(b) },
	}
}

func (p *page) build(b build) {
	commit := orUnknown(b.Commit)
	if b.Modified {
		commit += ", modified"
	}
	p.detail("Version", b.Version)
	p.detail("Commit", commit)
	p.detail("Date", orUnknown(b.Date))
	p.detail("Go", b.Go)
	p.detail("Platform", b.OS+"/"+b.Arch)
	p.detail("SQLite", fmt.Sprintf("%s (modernc.org/sqlite %s, modernc.org/libc %s)", b.SQLite,
		orUnknown(b.Driver), orUnknown(b.Libc)))
	p.detail("Schema", strconv.Itoa(b.Schema))
}

func orUnknown(text *string) string {
	if text == nil {
		return "unknown"
	}
	return *text
}
