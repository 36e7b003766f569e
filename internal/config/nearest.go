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

// distance counts the bytes to insert, delete or replace, and the neighbours to swap, to make b of
// a (optimal string alignment).
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range len(b) {
		rows[0][j+1] = j + 1
	}
	for i := range len(a) {
		for j := range len(b) {
			change := rows[i][j]
			if a[i] != b[j] {
				change++
			}
			least := min(change, rows[i][j+1]+1, rows[i+1][j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				least = min(least, rows[i-1][j-1]+1)
			}
			rows[i+1][j+1] = least
		}
	}
	return rows[len(a)][len(b)]
}
