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
		origin := originDefault
		if v.InConfig(k.name) {
			origin = fileOrigin(path)
		}
		v.SetDefault(k.name, k.fallback)
		value, from, ok, err := src.given(k)
		if err != nil {
			bad = append(bad, err.Error())
			continue
		}
		if ok {
			v.Set(k.name, value)
			origin = from
		} else if k.name == keyDB && origin != originDefault {
			if err := src.keepsSecret(path, v.GetString(k.name)); err != nil {
				bad = append(bad, err.Error())
			}
		}
		// Every value is still text here, so that viper has nothing to guess at, and an error can
		// show what was written and where.
		value = v.GetString(k.name)
		if err := k.judge(value); err != nil {
			bad = append(bad, fmt.Sprintf("%s %s (%s) %v", k.name, quoted(value), origin, err))
		}
		settings = append(settings, Setting{k.name, masked(value), origin, k.about})
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

func decode(v *viper.Viper) (Config, error) {
	var c Config
	if err := v.UnmarshalExact(&c); err != nil {
		return Config{}, fmt.Errorf("decode the configuration: %w", err)
	}
	return c, nil
}

// given gives the value that a flag, else a variable, sets a key to, and which of them it was.
func (src Source) given(k key) (value, origin string, ok bool, err error) {
	if path, from, ok := src.lookup(addressFlag, ""); ok && k.name == keyDB {
		value, err = src.givenInFile(path)
		return value, from, true, err
	}
	value, origin, ok = src.lookup(k.flag(), k.variable())
	return value, origin, ok, nil
}

// lookup gives what a flag, else a variable, was set to, and which of them it was.
func (src Source) lookup(flag, variable string) (value, origin string, ok bool) {
	if src.Flags != nil {
		if f := src.Flags.Lookup(flag); f != nil && f.Changed {
			return f.Value.String(), "flag --" + flag, true
		}
	}
	if value := src.env(variable); variable != "" && value != "" {
		return value, "variable " + variable, true
	}
	return "", "", false
}

// env gives a variable, "" where it is unset.
func (src Source) env(name string) string {
	value, _ := src.Getenv(name)
	return value
}
