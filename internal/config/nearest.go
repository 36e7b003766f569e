package config

import "strings"

// Nearest gives the word that a mistyped one most likely stands for, whatever the case: at most two
// letters away and with at least half of its letters right. It is "" where there is none.
func Nearest(typed string, words []string) string {
	best, least := "", min(len(typed)/2, 2)+1
	for _, word := range words {
		if d := distance(strings.ToLower(typed), word); d < least {
			best, least = word, d
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
