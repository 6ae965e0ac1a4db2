package engine

import (
	"strings"
	"testing"
)

func TestTooDeep(t *testing.T) {
	many := func(n int, s string) string { return strings.Repeat(s, n) }
	for _, test := range []struct {
		name, source string
		line         int
	}{
		{"nothing", "", 0},
		{"brackets", "return " + many(150, "(") + "1" + many(150, ")"), 0},
		{"too many brackets", "x = 1\nreturn " + many(201, "(") + "1", 2},
		{"blocks", many(150, "do ") + many(150, "end "), 0},
		{"too many blocks", many(150, "do\n") + many(51, "if x then\n"), 201},
		{"functions one after the other", many(1000, "function f() return {} end\n"), 0},
		{"elseif", "if a then " + many(150, "elseif b then ") + "end", 0},
		{"too many elseifs", "if a then " + many(201, "elseif b then ") + "end", 1},
		{"elseifs of many ifs", many(500, "if a then elseif b then end "), 0},
		{"a long sum", "return 1" + many(1500, " + 1"), 0},
		{"too long", "return 1" + many(2001, " + 1"), 1},
		{"many sums", "return {" + many(3000, "1 + 1,") + "}", 0},
		{"many statements", many(3000, "x = 1 + 1\n"), 0},
		{"not", "return " + many(2001, "not ") + "x", 1},
		{"in a string", "return '" + many(500, "(") + "'", 0},
		{"in a long string", "return [==[" + many(500, "(]]") + "]==]", 0},
		{"in a comment", "-- " + many(500, "(") + "\n--[[ " + many(500, "(") + " ]] return 1", 0},
		{"closing only", many(500, ")"), 0},
		{"unfinished", "x = [[ " + many(500, "("), 0},
	} {
		if got := tooDeep(test.source); got != test.line {
			t.Errorf("%s: got line %d, want %d", test.name, got, test.line)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"find_node", "get_peers", "announce_peer", "ping", "sleep", "spawn"}
	for word, want := range map[string]string{
		"spwan": "spawn", "get_peer": "get_peers", "getpeers": "get_peers", "Sleep": "sleep", "pong": "ping",
		"find_nodes": "find_node", "xyz": "", "p": "", "": "", "anounce": "", strings.Repeat("a", 1000): "",
	} {
		if got := Nearest(word, names); got != want {
			t.Errorf("Nearest(%q) is %q, want %q", word, got, want)
		}
	}
}
