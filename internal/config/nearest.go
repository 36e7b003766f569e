package config

import "strings"

// nearest gives the name that a misspelt word most likely stands for: at most two letters away,
// whatever the case, and sharing at least one. It is "" where there is none.
func nearest(word string, names []string) string {
	best, least := "", 3
	for _, name := range names {
		d := distance(strings.ToLower(word), name)
		if d < least && d < len(name) {
			best, least = name, d
		}
	}
	return best
}

// distance counts the bytes to insert, delete or replace to make b of a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
