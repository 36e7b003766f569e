//go:build !race

package httpapi

// underRace says that the race detector is on.
const underRace = false
