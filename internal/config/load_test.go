package config

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
)

// source is what Load sees of a command line and an environment of exactly these variables. The
// flags are texts, so that bad values reach Load, and have defaults of their own, which must not.
func source(tb testing.TB, env map[string]string, args ...string) Source {
	tb.Helper()
	flags := pflag.NewFlagSet("evbook", pflag.ContinueOnError)
	flags.String("config", "flag-default", "")
	for _, k := range keys() {
		flags.String(k.flag(), "flag-default", "")
	}
	if err := flags.Parse(args); err != nil {
		tb.Fatal(err)
	}
	return Source{Flags: flags, Getenv: lookupIn(env), OS: "linux"}
}

func lookupIn(env map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := env[name]
		return value, ok
	}
}

// write makes a file, and its folders, in a new folder and gives its path.
func write(tb testing.TB, content string, path ...string) string {
	tb.Helper()
	name := filepath.Join(append([]string{tb.TempDir()}, path...)...)
	if len(path) == 0 {
		name = filepath.Join(name, fileName)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		tb.Fatal(err)
	}
	return name
}

func mustLoad(tb testing.TB, src Source) Config {
	tb.Helper()
	c, err := Load(src)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func defaults() Config {
	return Config{
		DB:              "events.db",
		Addr:            "127.0.0.1:8080",
		LockTimeout:     10 * time.Second,
		NetworkFS:       "refuse",
		Color:           "auto",
		Currency:        "EUR",
		ShutdownTimeout: 10 * time.Second,
		RateLimits:      defaultLimits,
		MaxConnections:  1024,
		LogFormat:       "text",
	}
}

func TestNothingConfiguredGivesTheDefaults(t *testing.T) {
	sources := map[string]Source{
		"no flags at all":      {Getenv: lookupIn(nil)},
		"flags left unset":     source(t, nil),
		"unrelated flags":      {Flags: pflag.NewFlagSet("", 0), Getenv: lookupIn(nil)},
		"a home without files": source(t, map[string]string{"HOME": t.TempDir()}),
		"a home that is no folder": source(t, map[string]string{
			"HOME": write(t, ""), "EVBOOK_CONFIG_DIR": os.DevNull,
		}),
		"empty variables": source(t, map[string]string{
			"EVBOOK_DB": "", "EVBOOK_LOCK_TIMEOUT": "", "EVBOOK_CURRENCY": "", "EVBOOK_CONFIG": "",
			"EVBOOK_CONFIG_DIR": "", "XDG_CONFIG_HOME": "", "HOME": "",
		}),
	}
	for name, src := range sources {
		t.Run(name, func(t *testing.T) {
			if c := mustLoad(t, src); c != defaults() {
				t.Errorf("got %+v", c)
			}
		})
	}
}

func TestEveryKeyHasAFieldAndEveryFieldAKey(t *testing.T) {
	fields := make(map[string]bool)
	for f := range reflect.TypeFor[Config]().Fields() {
		fields[f.Tag.Get("mapstructure")] = true
	}
	for _, k := range keys() {
		if !fields[k.name] {
			t.Errorf("key %q has no field", k.name)
		}
		delete(fields, k.name)
	}
	if len(fields) > 0 {
		t.Errorf("fields without a key: %v", fields)
	}
}

// Each key is given a value of its own by each of file, variable and flag, in all eight ways.
func TestFlagBeatsVariableBeatsFileBeatsDefault(t *testing.T) {
	address := func() string { return write(t, secretURL, "address") }
	values := map[string][3]string{ // file, variable, flag
		"dsn_file":         {address(), address(), address()},
		"db":               {"file.db", "variable.db", "flag.db"},
		"addr":             {"127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"},
		"lock_timeout":     {"1s", "2s", "3s"},
		"network_fs":       {"allow", "refuse", "allow"},
		"output":           {"table", "json", "name"},
		"color":            {"auto", "always", "never"},
		"currency":         {"SEK", "NOK", "DKK"},
		"tz":               {"Europe/Oslo", "Europe/Paris", "Europe/Rome"},
		"shutdown_timeout": {"1m", "2m", "3m"},
		"retention":        {"30d", "60d", "90d"},
		"tls_cert":         {"file.pem", "variable.pem", "flag.pem"},
		"tls_key":          {"file.key", "variable.key", "flag.key"},
		"behind_proxy":     {"10.0.0.1", "10.0.0.2", "10.0.0.3"},
		"host":             {"file.example", "variable.example", "flag.example"},
		"cors_origin":      {"http://file", "http://variable", "http://flag"},
		"rate_limits":      {"read=1/1s", "read=2/1s", "read=3/1s"},
		"max_connections":  {"1", "2", "3"},
		"metrics_addr":     {"127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"},
		"require_sync":     {"true", "false", "true"},
		"log_format":       {"text", "json", "text"},
	}
	for _, k := range keys() {
		for set := range 8 {
			t.Run(fmt.Sprintf("%s/%03b", k.name, set), func(t *testing.T) {
				value, ok := values[k.name]
				if !ok {
					t.Fatal("the key has no values in this test")
				}
				env, args, want := map[string]string{}, []string(nil), k.fallback
				if set&1 != 0 {
					want = value[0]
					env["EVBOOK_CONFIG"] = write(t, fmt.Sprintf("%s: %q\n", k.name, want))
				}
				if set&2 != 0 {
					want = value[1]
					env["EVBOOK_"+strings.ToUpper(k.name)] = want
				}
				if set&4 != 0 {
					want = value[2]
					args = []string{"--" + strings.ReplaceAll(k.name, "_", "-"), want}
				}
				holds(t, mustLoad(t, source(t, env, args...)), k.name, want)
			})
		}
	}
}

// holds checks that a key has the value in c that is written like this in a file.
func holds(tb testing.TB, c Config, name, want string) {
	tb.Helper()
	for f, value := range reflect.ValueOf(c).Fields() {
		if f.Tag.Get("mapstructure") != name {
			continue
		}
		got := value.Interface()
		if d, ok := got.(time.Duration); ok {
			if parsed, err := time.ParseDuration(want); err != nil || d != parsed {
				tb.Errorf("%s is %v, want %s", name, d, want)
			}
		} else if fmt.Sprint(got) != want {
			tb.Errorf("%s is %v, want %q", name, got, want)
		}
		return
	}
	tb.Fatalf("no field for %q", name)
}

func TestFlagEqualToTheDefaultStillBeatsTheVariable(t *testing.T) {
	env := map[string]string{"EVBOOK_DB": "variable.db"}
	if c := mustLoad(t, source(t, env, "--db", "events.db")); c.DB != "events.db" {
		t.Errorf("got %q", c.DB)
	}
}

func TestFlagsMayBeDurations(t *testing.T) {
	flags := pflag.NewFlagSet("evbook", pflag.ContinueOnError)
	flags.Duration("lock-timeout", time.Minute, "")
	flags.Duration("shutdown-timeout", time.Minute, "")
	if err := flags.Parse([]string{"--lock-timeout=90s"}); err != nil {
		t.Fatal(err)
	}
	c := mustLoad(t, Source{Flags: flags, Getenv: lookupIn(nil)})
	if c.LockTimeout != 90*time.Second || c.ShutdownTimeout != 10*time.Second {
		t.Errorf("got %v and %v", c.LockTimeout, c.ShutdownTimeout)
	}
}

func TestOnlyTheGivenEnvironmentIsRead(t *testing.T) {
	t.Setenv("EVBOOK_DB", "process.db")
	t.Setenv("EVBOOK_LOCK_TIMEOUT", "300")
	t.Setenv("EVBOOK_CONFIG", "missing.yaml")
	if c := mustLoad(t, source(t, nil)); c != defaults() {
		t.Errorf("got %+v", c)
	}
}

func TestOverriddenBadValueDoesNoHarm(t *testing.T) {
	env := map[string]string{"EVBOOK_LOCK_TIMEOUT": "300"}
	c := mustLoad(t, source(t, env, "--lock-timeout", "5s"))
	if c.LockTimeout != 5*time.Second {
		t.Errorf("got %v", c.LockTimeout)
	}
}

func TestGoodValuesAreTakenAsWritten(t *testing.T) {
	tests := []struct{ key, value string }{
		{"db", "0x1F"},
		{"db", "/tmp/a b, c.db"},
		{"db", "postgres://host/evbook?sslmode=disable"},
		{"addr", "localhost:0"},
		{"addr", "[::1]:65535"},
		{"addr", ":8080"},
		{"lock_timeout", "1ms"},
		{"lock_timeout", "59m59s"},
		{"output", ""},
		{"currency", "jpy"},
		{"tz", "yes"},
		{"retention", "0"},
		{"retention", "1d"},
		{"retention", "36500d"},
		{"behind_proxy", "10.0.0.0/8, 192.168.1.7,2001:db8::/32"},
		{"host", "club.example,192.0.2.7,2001:db8::7,XN--BCHER-KVA.example"},
		{"cors_origin", "https://club.example,http://localhost:3000,http://[::1]:3000"},
		{"rate_limits", "off"},
		{"rate_limits", "write=1/1s, wrong=1000000/1h"},
		{"max_connections", "1000000"},
		{"metrics_addr", ":9090"},
	}
	for _, tt := range tests {
		t.Run(tt.key+"="+tt.value, func(t *testing.T) {
			file := write(t, fmt.Sprintf("%s: %q\n", tt.key, tt.value))
			holds(t, mustLoad(t, source(t, nil, "--config", file)), tt.key, tt.value)
		})
	}
}

// badValue is a value that its key refuses, with a part of the error.
type badValue struct{ key, value, wayOut string }

func TestBadValuesAreRefusedWithTheirOriginAndTheWayOut(t *testing.T) {
	tests := []badValue{
		{"db", "", "write a path, such as events.db"},
		{"db", "a.db\n", "holds control characters: write a path, such as events.db"},
		{"tz", "\x1b[2J", "holds control characters: write the name of a zone"},
		{"addr", "8080", "write host:port"},
		{"addr", "", "write host:port"},
		{"addr", "::1:8080", "write host:port"},
		{"addr", "127.0.0.1:", "no port from 0 to 65535"},
		{"addr", "127.0.0.1:65536", "no port from 0 to 65535"},
		{"addr", "127.0.0.1:-1", "no port from 0 to 65535"},
		{"addr", "127.0.0.1:http", "no port from 0 to 65535"},
		{"lock_timeout", "300", "write a unit, such as 10s"},
		{"lock_timeout", "5 minutes", "write a unit, such as 10s"},
		{"lock_timeout", "soon", "write a unit, such as 10s"},
		{"lock_timeout", "", "write a unit, such as 10s"},
		{"lock_timeout", "10S", "write a unit, such as 10s"},
		{"lock_timeout", "1d", "write a unit, such as 10s"},
		{"lock_timeout", "0", "more than 0s and at most 1h"},
		{"lock_timeout", "0s", "more than 0s and at most 1h"},
		{"lock_timeout", "-5s", "more than 0s and at most 1h"},
		{"lock_timeout", "1h0m1s", "more than 0s and at most 1h"},
		{"lock_timeout", "9999999h", "write a unit, such as 10s"},
		{"shutdown_timeout", "11m", "more than 0s and at most 10m"},
		{"shutdown_timeout", "1", "write a unit, such as 10s"},
		{"retention", "90", "write days, such as 730d"},
		{"retention", "90D", "write days, such as 730d"},
		{"retention", "d", "write days, such as 730d"},
		{"retention", "+90d", "write days, such as 730d"},
		{"retention", "-90d", "write days, such as 730d"},
		{"retention", "1.5d", "write days, such as 730d"},
		{"retention", "2160h", "write days, such as 730d"},
		{"retention", "90 d", "write days, such as 730d"},
		{"retention", "forever", "write days, such as 730d"},
		{"retention", "0d", "from 1d to 36500d"},
		{"retention", "36501d", "from 1d to 36500d"},
		{"retention", "99999999999999999999d", "from 1d to 36500d"},
		{"output", "xml", "write table, wide, plain, json, ndjson, csv, markdown or name"},
		{"output", "JSON", "write table, wide, plain, json, ndjson, csv, markdown or name"},
		{"output", "table,json", "write table, wide, plain, json, ndjson, csv, markdown or name"},
		{"currency", "", "write three letters, such as EUR"},
		{"currency", "EURO", "write three letters, such as EUR"},
		{"currency", "€", "write three letters, such as EUR"},
		{"currency", "E R", "write three letters, such as EUR"},
		{"currency", "EU1", "write three letters, such as EUR"},
		{"currency", "\x1b[m", "write three letters, such as EUR"},
	}
	for _, tt := range append(tests, badForServe()...) {
		t.Run(tt.key+"="+tt.value, func(t *testing.T) {
			flag := strings.ReplaceAll(tt.key, "_", "-")
			variable := "EVBOOK_" + strings.ToUpper(tt.key)
			file := write(t, fmt.Sprintf("%s: %q\n", tt.key, tt.value))

			refuses(t, source(t, nil, "--"+flag+"="+tt.value),
				tt.key, fmt.Sprintf("%q", tt.value), "(flag --"+flag+")", tt.wayOut)
			refuses(t, source(t, nil, "--config", file),
				tt.key, fmt.Sprintf("%q", tt.value), "(file "+file+")", tt.wayOut)
			if tt.value != "" {
				refuses(t, source(t, map[string]string{variable: tt.value}),
					tt.key, fmt.Sprintf("%q", tt.value), "(variable "+variable+")", tt.wayOut)
			}
		})
	}
}

// refuses checks that Load fails with one harmless line that holds every one of these parts.
func refuses(tb testing.TB, src Source, parts ...string) {
	tb.Helper()
	c, err := Load(src)
	if err == nil {
		tb.Fatalf("no error, but %+v", c)
	}
	if c != (Config{}) {
		tb.Errorf("an error, and %+v", c)
	}
	checkLine(tb, err.Error())
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			tb.Errorf("error %q\nlacks %q", err, part)
		}
	}
}

func checkLine(tb testing.TB, line string) {
	tb.Helper()
	if !isPrint(line) || strings.HasSuffix(line, ".") || len(line) > 1000 {
		tb.Errorf("not one plain line: %q", line)
	}
}

func TestLongBadValueIsCutInTheError(t *testing.T) {
	refuses(t, source(t, nil, "--currency", strings.Repeat("x", 100_000)), "currency")
}

func TestManyMayLoadAtOnce(t *testing.T) {
	file := write(t, "db: file.db\nlock_timeout: 7s\n")
	for range 8 {
		t.Run("load", func(t *testing.T) {
			t.Parallel()
			c := mustLoad(t, source(t, nil, "--config", file))
			if c.DB != "file.db" || c.LockTimeout != 7*time.Second {
				t.Errorf("got %+v", c)
			}
		})
	}
}

func BenchmarkLoadWithoutFile(b *testing.B) {
	src := source(b, map[string]string{"HOME": b.TempDir()}, "--db", "a.db")
	for b.Loop() {
		mustLoad(b, src)
	}
}

func BenchmarkLoadWithFile(b *testing.B) {
	src := source(b, nil, "--config", write(b, "db: a.db\nlock_timeout: 5s\ncurrency: SEK\n"))
	for b.Loop() {
		mustLoad(b, src)
	}
}
