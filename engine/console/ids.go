package console

import (
	"slices"

	lua "github.com/yuin/gopher-lua"
)

const (
	idLen   = 40 // hex digits of an id
	leastID = 8  // digits that a shortened id has at least
)

// isID reports whether a string looks like an id: 40 lower-case hex digits.
func isID(s string) bool {
	if len(s) != idLen {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// shortest is the number of digits to which the ids within a value can be shortened and remain
// different; 0 if there are fewer than two ids.
func shortest(v lua.LValue) int {
	ids := collect(nil, v, 0)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) < 2 {
		return 0
	}
	n := leastID
	for i := 1; i < len(ids); i++ {
		n = max(n, common(ids[i-1], ids[i])+1)
	}
	return min(n, idLen)
}

// collect appends the ids within a value, as far as they may be shown.
func collect(ids []string, v lua.LValue, depth int) []string {
	switch v := v.(type) {
	case lua.LString:
		if isID(string(v)) {
			ids = append(ids, string(v))
		}
	case *lua.LTable:
		if depth >= maxDepth {
			break
		}
		count := 0
		for k, item := range entries(v) {
			if count++; count > maxItems || len(ids) >= maxScan {
				break
			}
			ids = collect(collect(ids, k, depth+1), item, depth+1)
		}
	}
	return ids
}

// common is the length of the common prefix of two ids.
func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
