//go:build race

package main

// underRace says that the race detector is on, which makes SQLite, all of it Go, ten times slower.
const underRace = true
