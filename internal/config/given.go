package config

import "github.com/spf13/viper"

// nearness is how near to the command a value is set: what is nearer counts.
type nearness int

const (
	byDefault nearness = iota
	byFile
	byVariable
	byFlag
)

// given is the value of a key, and what has set it.
type given struct {
	value  string
	by     nearness
	origin string
}

// name is what the value is given to: a flag, a variable, or the key in the file.
func (g given) name(of string) string {
	k := key{name: of}
	switch g.by {
	case byFlag:
		return "--" + k.flag()
	case byVariable:
		return k.variable()
	}
	return k.name + " (" + g.origin + ")"
}

// shown is the value as people may see it: nobody has written a password into a default.
func (g given) shown() string {
	if g.by == byDefault {
		return g.value
	}
	return masked(g.value)
}

// find gives the value that counts, be it good or bad: that of the flag, else of the variable, else
// of the file, which v has read from path, else the default. It is text, so that viper has nothing
// to guess at, and an error can show what was written and where.
func (k key) find(v *viper.Viper, src Source, path string) given {
	if value, origin, ok := src.flag(k.flag()); ok {
		return given{value, byFlag, origin}
	}
	if value, origin, ok := src.variable(k.variable()); ok {
		return given{value, byVariable, origin}
	}
	if v.InConfig(k.name) {
		return given{v.GetString(k.name), byFile, fileOrigin(path)}
	}
	return given{k.fallback, byDefault, originDefault}
}

// lookup gives what a flag, else a variable, was set to, and which of them it was.
func (src Source) lookup(flag, variable string) (value, origin string, ok bool) {
	if value, origin, ok := src.flag(flag); ok {
		return value, origin, true
	}
	return src.variable(variable)
}

func (src Source) flag(name string) (value, origin string, ok bool) {
	if src.Flags != nil {
		if f := src.Flags.Lookup(name); f != nil && f.Changed {
			return f.Value.String(), "flag --" + name, true
		}
	}
	return "", "", false
}

func (src Source) variable(name string) (value, origin string, ok bool) {
	if value := src.env(name); value != "" {
		return value, "variable " + name, true
	}
	return "", "", false
}

// env gives a variable, "" where it is unset.
func (src Source) env(name string) string {
	value, _ := src.Getenv(name)
	return value
}
