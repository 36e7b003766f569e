//go:build !race

package storage

// underRace says that the race detector is on.
const underRace = false
