package config

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// Source gives what Load may look at; beside it, only files are read.
type Source struct {
	// Flags are the flags of the command. They are named like the keys, with dashes (lock-timeout),
	// and config; only those given on the command line count. Any may be missing, or all (nil).
	Flags *pflag.FlagSet
	// Getenv looks a variable up, as os.LookupEnv does, and must be set. An empty variable counts
	// as unset.
	Getenv func(name string) (value string, ok bool)
	// Environ lists the variables as os.Environ does, to find misspelt ones; nil looks for none.
	Environ []string
	// OS is runtime.GOOS: on "windows" the file is looked for in %AppData%.
	OS string
	// NoFile leaves the file out, whatever the flag or the variable say.
	NoFile bool
}

// Load gives the configuration. A value is taken from the flag, else from the variable
// EVBOOK_<KEY>, else from the file, else it is the default. Where anything is wrong with the file,
// or with a value that counts, the error tells it in one line: the key, the value, where it came
// from and the way out; passwords are left out. A value that another one overrides is not looked
// at.
func Load(src Source) (Config, error) {
	v := newViper()
	if _, err := gather(v, src); err != nil {
		return Config{}, err
	}
	return decode(v)
}

func newViper() *viper.Viper {
	v := viper.NewWithOptions(viper.WithDecoderRegistry(strictYAML{}))
	v.SetConfigType("yaml")
	return v
}

// gather puts the values that count into v, and gives them with their origins.
func gather(v *viper.Viper, src Source) ([]Setting, error) {
	if err := checkEnviron(src); err != nil {
		return nil, err
	}
	path, err := readFile(v, src)
	if err != nil {
		return nil, err
	}
	return settle(v, src, path)
}

// settle lays the flags and variables over the file, which v has read from path, and checks every
// value that counts. All bad ones are told at once.
func settle(v *viper.Viper, src Source, path string) ([]Setting, error) {
	var settings []Setting
	var bad []string
	for _, k := range keys() {
		got, err := k.find(v, src, path), error(nil)
		if k.name == keyDB {
			got, err = src.database(got, key{name: keyDSNFile}.find(v, src, path), path)
		}
		if err == nil {
			err = k.judged(got)
		}
		if err != nil {
			bad = append(bad, err.Error())
			continue
		}
		v.Set(k.name, got.value)
		settings = append(settings, Setting{k.name, got.shown(), got.origin, k.about})
	}
	if len(bad) > 0 {
		return nil, errors.New(strings.Join(bad, "; "))
	}
	return settings, nil
}

// judge says what is wrong with a value. No value of any key has a place for control characters:
// they come from a text of several lines or from somebody who wants to drive a terminal.
func (k key) judge(value string) error {
	if strings.ContainsFunc(value, unicode.IsControl) {
		return errors.New("holds control characters: " + k.hint)
	}
	return k.check(value)
}

// judged is judge with the key, the value and its origin in the error.
func (k key) judged(got given) error {
	if err := k.judge(got.value); err != nil {
		return fmt.Errorf("%s %s (%s) %w", k.name, quoted(got.value), got.origin, err)
	}
	return nil
}

func decode(v *viper.Viper) (Config, error) {
	var c Config
	if err := v.UnmarshalExact(&c); err != nil {
		return Config{}, fmt.Errorf("decode the configuration: %w", err)
	}
	return c, nil
}
