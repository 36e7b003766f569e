package httpapi

import "strings"

// nearest is the known name that was probably meant: one that differs by a slip or two and the
// letter case, or of which the name is an abbreviation (qty for quantity). "" for none.
func nearest(name string, known []string) string {
	name = strings.ToLower(name)
	best, least := "", max(1, min(len(name)/3, 2))+1
	for _, candidate := range known {
		// Names of very different lengths are far apart; not measuring them bounds the work.
		if gap := len(candidate) - len(name); gap < -2 || gap > 2 {
			continue
		}
		if d := distance(name, candidate); d < least {
			best, least = candidate, d
		}
	}
	if best != "" || len(name) < 3 {
		return best
	}
	for _, candidate := range known {
		if abbreviates(name, candidate) {
			return candidate
		}
	}
	return ""
}

// distance counts the slips that make b of a: a letter added, dropped or changed, or two
// neighbours swapped.
func distance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for j := range d[i] {
			if i == 0 || j == 0 {
				d[i][j] = i + j
				continue
			}
			change := d[i-1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			d[i][j] = min(change, d[i-1][j]+1, d[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

// abbreviates is true when all letters of short occur in long in the same order.
func abbreviates(short, long string) bool {
	for i := range len(long) {
		if short != "" && short[0] == long[i] {
			short = short[1:]
		}
	}
	return short == ""
}
