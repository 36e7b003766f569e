// Package config finds out how evbook is to run: from flags, EVBOOK_ variables, one YAML file and
// the defaults, in this order. It is the only package that may use viper.
package config

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Config is everything that can be configured. Load makes it; every value in it has been checked.
type Config struct {
	// DB names the database: a path, relative to the working directory, or the address of a
	// PostgreSQL database (postgres://…), which may hold a password. It is never empty.
	DB string `mapstructure:"db"`
	// DSNFile names the file from which DB was read, if nothing nearer to the command has set it.
	DSNFile string `mapstructure:"dsn_file"`
	// Addr is where serve listens, as host:port with a port from 0 to 65535; an empty host means
	// every address.
	Addr string `mapstructure:"addr"`
	// LockTimeout is how long a writer waits for the database: above 0, at most one hour.
	LockTimeout time.Duration `mapstructure:"lock_timeout"`
	// NetworkFS is refuse or allow: whether files on network file systems are opened.
	NetworkFS string `mapstructure:"network_fs"`
	// Output is one of [Formats], or empty where the program is to decide.
	Output string `mapstructure:"output"`
	// Color is one of [Colors].
	Color string `mapstructure:"color"`
	// Currency is that of new events: three ASCII letters in either case, not known to exist.
	Currency string `mapstructure:"currency"`
	// TZ names the zone of dates that carry none, unchecked; empty is the zone of the system.
	TZ string `mapstructure:"tz"`
	// ShutdownTimeout is how long serve lets running requests end: above 0, at most ten minutes.
	ShutdownTimeout time.Duration `mapstructure:"shutdown_timeout"`
	// Retention is how long personal data of bookings is kept, as it was written; [Config.KeptFor]
	// reads it.
	Retention string `mapstructure:"retention"`
	// TLSCert and TLSKey are the paths of serve's certificate and its key; empty for plain HTTP.
	// That both or none are set is not checked.
	TLSCert string `mapstructure:"tls_cert"`
	TLSKey  string `mapstructure:"tls_key"`
	// BehindProxy, Host and CORSOrigin are lists as they were written; [Config.Proxies],
	// [Config.Hosts] and [Config.Origins] read them.
	BehindProxy string `mapstructure:"behind_proxy"`
	Host        string `mapstructure:"host"`
	CORSOrigin  string `mapstructure:"cors_origin"`
	// RateLimits is how often serve answers one client, as it was written; [Config.Limits] reads
	// it.
	RateLimits string `mapstructure:"rate_limits"`
	// MaxConnections is how many connections serve keeps open: from 1 to 1,000,000.
	MaxConnections int `mapstructure:"max_connections"`
	// MetricsAddr is where serve shows its metrics, as Addr; empty for nowhere.
	MetricsAddr string `mapstructure:"metrics_addr"`
	// RequireSync says whether serve insists on a synchronous standby.
	RequireSync bool `mapstructure:"require_sync"`
	// LogFormat is one of [LogFormats].
	LogFormat string `mapstructure:"log_format"`
}

// key is one thing that can be configured.
type key struct {
	// name is the key in the file; the flag and the variable are named after it.
	name string
	// about says what the key is for, with its limits, as a sentence without a full stop.
	about string
	// fallback is the value where nobody sets one.
	fallback string
	// hint shows how to write a value.
	hint string
	// check says what is wrong with a value, and what would be right.
	check func(value string) error
}

func (k key) flag() string     { return strings.ReplaceAll(k.name, "_", "-") }
func (k key) variable() string { return variablePrefix + strings.ToUpper(k.name) }

const (
	keyDB      = "db"
	keyDSNFile = "dsn_file"

	dbHint       = "write a path, such as events.db, or an address such as postgres://host/events"
	addrHint     = "write host:port, such as 127.0.0.1:8080"
	durationHint = "write a unit, such as 10s"
	currencyHint = "write three letters, such as EUR"
	pathHint     = "write a path, such as key.pem"
	tzHint       = "write the name of a zone, such as Europe/Berlin"

	retentionHint = "write days, such as 730d, or 0 for ever"
)

// keys lists every key there is; each has its field in Config.
func keys() []key {
	return []key{
		{keyDB, "the database: a file, relative to the working directory, or postgres://HOST/NAME",
			"events.db", dbHint, checkDB},
		{keyDSNFile, "the file with the address of the database, in place of db, which nobody " +
			"else may read", "", addressFile, anything},
		{"addr", "where serve listens: an address of this machine and a port", "127.0.0.1:8080",
			addrHint, checkAddr},
		{"lock_timeout", "the longest a change waits for the database: above 0s, at most 1h", "10s",
			durationHint, durationUpTo("1h")},
		{"network_fs", "whether files on network file systems are opened, where SQLite's locks " +
			"are of no use: allow, if only one machine ever does, or refuse", "refuse",
			oneOfWords(networkChoices()), checkNetworkFS},
		{"output", "the format of answers; empty is table on a terminal and plain elsewhere", "",
			oneOfWords(Formats()), checkOutput},
		{"color", "when to colour: auto, always or never", "auto",
			oneOfWords(Colors()), checkColor},
		{"currency", "the currency of new events, three letters", "EUR",
			currencyHint, checkCurrency},
		{"tz", "the zone of dates that name none, such as Europe/Berlin; empty is the system's",
			"", tzHint, anything},
		{"shutdown_timeout", "the longest serve lets running requests end: above 0s, at most 10m",
			"10s", durationHint, durationUpTo("10m")},
		{"retention", "how long personal data is kept after an event, in days such as 730d: " +
			"1d to 36500d; empty or 0 is for ever", "", retentionHint, checkRetention},
		{"tls_cert", "the certificate of serve, a PEM file with those that it rests on", "",
			pathHint, anything},
		{"tls_key", "the key of the certificate, a PEM file that nobody else may read", "",
			pathHint, anything},
		{"behind_proxy", "the proxies in front of serve: addresses or networks, " +
			"with commas between", "", proxyHint, listOf(readProxy)},
		{"host", "the names by which requests may call serve, beside those of the machine, " +
			"with commas between", "", hostHint, listOf(readHost)},
		{"cors_origin", "the origins of web pages that may use serve, with commas between", "",
			originHint, listOf(readOrigin)},
		{"rate_limits", "how often serve answers one client, or off; what is not named stays",
			defaultLimits, limitHint, checkLimits},
		{"max_connections", "how many connections serve keeps open", "1024",
			countHint, checkConnections},
		{"metrics_addr", "where serve shows its metrics, as addr; empty is nowhere", "",
			addrHint, checkMetricsAddr},
		{"require_sync", "whether serve insists on a synchronous standby that has each booking, " +
			"too: true or false", "false", oneOfWords(switchChoices()), checkSwitch},
		{"log_format", "the format of the log of serve: text or json", "text",
			oneOfWords(LogFormats()), checkLogFormat},
	}
}

// anything is the check of keys whose values only their use can judge.
func anything(string) error { return nil }

func checkDB(value string) error {
	if value == "" {
		return errors.New("names no database: " + dbHint)
	}
	if isAddress(value) {
		return nil
	}
	if isNearlyAddress(value) {
		return errors.New("is neither a file nor the address of a database: " + dbHint)
	}
	for _, suffix := range []string{".lock", ".turn", "-wal", "-shm"} {
		if strings.HasSuffix(value, suffix) {
			return fmt.Errorf("is the name of a file beside a database (%s): %s", suffix, dbHint)
		}
	}
	return nil
}

func checkAddr(value string) error {
	_, port, err := net.SplitHostPort(value)
	if err != nil {
		return errors.New("is not an address: " + addrHint)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return errors.New("has no port from 0 to 65535: " + addrHint)
	}
	return nil
}

func durationUpTo(most string) func(string) error {
	limit, err := time.ParseDuration(most)
	if err != nil {
		panic(err) // it is written in the table of keys
	}
	return func(value string) error {
		d, err := time.ParseDuration(value)
		if err != nil {
			return errors.New("is not a duration: " + durationHint)
		}
		if d <= 0 || d > limit {
			return fmt.Errorf("is out of range: write more than 0s and at most %s", most)
		}
		return nil
	}
}

// Formats are the formats of answers.
func Formats() []string {
	return []string{"table", "wide", "plain", "json", "ndjson", "csv", "markdown", "name"}
}

// Colors say when to colour; auto looks whether there is a terminal that can, and one who wants it.
func Colors() []string { return []string{"auto", "always", "never"} }

func checkOutput(value string) error {
	if value == "" {
		return nil
	}
	return checkWord(value, "a format", Formats())
}

func checkColor(value string) error { return checkWord(value, "a choice", Colors()) }

// allowed is the choice that lets files on network file systems be opened.
const allowed = "allow"

func networkChoices() []string { return []string{"refuse", allowed} }

func checkNetworkFS(value string) error { return checkWord(value, "a choice", networkChoices()) }

// AllowsNetworkFS says whether files on network file systems are opened.
func (c Config) AllowsNetworkFS() bool { return c.NetworkFS == allowed }

func switchChoices() []string { return []string{"true", "false"} }

// isSwitch says whether a key is on or off.
func (k key) isSwitch() bool { return slices.Contains(switchChoices(), k.fallback) }

func checkSwitch(value string) error { return checkWord(value, "a choice", switchChoices()) }

// checkWord refuses what is not one of the words.
func checkWord(value, what string, words []string) error {
	if slices.Contains(words, value) {
		return nil
	}
	if near := Nearest(value, words); near != "" {
		return fmt.Errorf("is not %s: did you mean %s? %s", what, near, oneOfWords(words))
	}
	return fmt.Errorf("is not %s: %s", what, oneOfWords(words))
}

func oneOfWords(words []string) string {
	last := len(words) - 1
	return "write " + strings.Join(words[:last], ", ") + " or " + words[last]
}

func checkCurrency(value string) error {
	notLetter := func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') }
	if len(value) != 3 || strings.ContainsFunc(value, notLetter) {
		return errors.New("is not a currency: " + currencyHint)
	}
	return nil
}
