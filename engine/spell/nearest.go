// Package spell finds the name that was probably meant: "did you mean".
package spell

import "strings"

// maxWord is the longest word that Nearest looks at, in bytes (chosen by us).
const maxWord = 64

// Nearest returns the name that word is most likely a misspelling of, or "". It serves functions,
// options and parameters alike. Case does not count; of equally near names the alphabetically first
// wins.
func Nearest(word string, names []string) string {
	best, least := "", max(1, len(word)/3)+1
	if len(word) > maxWord || len(word) < 2 {
		return ""
	}
	w := strings.ToLower(word)
	for _, name := range names {
		if name == word || len(name) > maxWord {
			continue
		}
		d := distance(w, strings.ToLower(name))
		if d < least || d == least && best != "" && name < best {
			best, least = name, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, replace or swap with their neighbour to get from a
// to b.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
