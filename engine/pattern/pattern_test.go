package pattern

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/gopher-lua/pm"
)

// malformed is what a matcher of a test fails with.
type malformed string

// newTestMatcher gives up after a number of steps.
func newTestMatcher(src, pat string, steps int64) *Matcher {
	return &Matcher{
		Text: src, Pattern: pat,
		Work: func(n int64) {
			if steps -= n; steps < 0 {
				panic(malformed("too many steps"))
			}
		},
		Fail: func(message string) { panic(malformed(message)) },
	}
}

// found is the first match as positions: its start and end, then those of its captures. The end of
// a position capture is its start. err says what is wrong with the pattern.
func found(m *Matcher) (at []int, err error) {
	defer func() {
		if r := recover(); r != nil {
			at, err = nil, errors.New(string(r.(malformed))) // anything else is a fault
		}
	}()
	start, end := m.Search(0)
	m.Report()
	if start == None {
		return nil, nil
	}
	at = []int{start, end}
	for i := range m.Captures() {
		start, end := m.Capture(i)
		at = append(at, start, max(start, end))
	}
	return at, nil
}

// gopherFound is the same by gopher-lua.
func gopherFound(src, pat string) (at []int, err error) {
	all, err := pm.Find(pat, []byte(src), 0, 1)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	for i := range all[0].CaptureLength() {
		n := all[0].Capture(i)
		if all[0].IsPosCapture(i) {
			n-- // counted from 1
		}
		at = append(at, n)
	}
	return at, nil
}

// FuzzPattern compares the matcher with gopher-lua's, where that is right, and looks for patterns
// without an end.
func FuzzPattern(f *testing.F) {
	for _, s := range [][2]string{
		{"hello world", "o w"}, {"key = value", "^(%w+)%s*=%s*(%w+)$"}, {"f(a(b)c)d", "%b()"}, {"aXb", "()%u()"},
		{"abab", "(ab)%1"}, {"]]", "[]]"}, {"a-b", "[a%-]+"}, {"aaa", "a-$"}, {"x", "[^%s]?"}, {"THE (quick) fox", "%f[%a]%a+"},
		{"", ""}, {"a", "("}, {"a", ")"}, {"a", "%"}, {"a", "[a"}, {"a", "%b"}, {"a", "%1"}, {"\x00\xff", "[%z\x80-\xff]+"},
	} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, src, pat string) {
		got, err := found(newTestMatcher(src, pat, 1e6))
		if err != nil || len(src) > 12 || len(pat) > 10 || !gopherIsRight(pat) {
			return
		}
		want, err := gopherFound(src, pat)
		if err == nil && !slices.Equal(got, want) {
			t.Errorf("%q in %q: %v, gopher-lua has %v", pat, src, got, want)
		}
	})
}

// gopherIsRight leaves out what gopher-lua does otherwise than Lua 5.1: %f, classes and empty
// ranges in sets, a reference to a capture of a position or one that is under way, letters that are
// no class, and captures that were tried in vain, whose places it keeps.
func gopherIsRight(pat string) bool {
	if strings.Contains(pat, "[") && strings.ContainsAny(pat, "%-]^") || strings.Contains(pat, "(") && strings.ContainsAny(pat, "%?*-") {
		return false
	}
	for i := 0; i+1 < len(pat); i++ {
		if pat[i] == '%' {
			i++
			if isDigit(pat[i]) || !strings.Contains("acdlpsuwxzACDLPSUWXZb", pat[i:i+1]) && isLetter(pat[i]) {
				return false
			}
		}
	}
	return true
}

// What stands in the manual of Lua 5.1, and what its tests are fond of. Positions are those of
// found.
func TestPattern(t *testing.T) {
	for _, test := range []struct{ src, pat, want string }{
		{"", "", "[0 0]"},
		{"alo", "", "[0 0]"},
		{"alo", "$", "[3 3]"},
		{"a\x00o a\x00o a\x00o", "a\x00o$", "[8 11]"},
		{"aaab", "a*", "[0 3]"},
		{"aaa", "^.*$", "[0 3]"},
		{"aaa", "b*", "[0 0]"},
		{"aaab", ".*b$", "[0 4]"},
		{"aaab", "a-b", "[0 4]"},
		{"aaa", "a-", "[0 0]"},
		{"aaa", "^.-$", "[0 3]"},
		{"alo xo", ".o$", "[4 6]"},
		{" \n isto é assim", "%S%S*", "[3 7]"},
		{" \n isto é assim", "%S*$", "[11 16]"},
		{"um caracter ? extra", "[^%sa-z]", "[12 13]"},
		{"", "a?", "[0 0]"},
		{"ábl", "á?b?l?", "[0 4]"},
		{"  ábl", "á?b?l?", "[2 6]"},
		{"aa", "^aa?a?a", "[0 2]"},
		{"]]]áb", "[^]]", "[3 4]"},
		{"0alo alo", "%x*", "[0 2]"},
		{"alo alo", "%C+", "[0 7]"},
		{"a$a", "$", "[3 3]"},
		{"a$a", "$a", "[1 3]"},
		{"a^a", "a^", "[0 2]"},
		{"hello", "(h)(.)%2%1", "[]"},
		{"hello", "(l)%1", "[2 4 2 3]"},
		{"abcdef", "()b()", "[1 2 1 1 2 2]"},
		{"xuxx uu ppar r", "()(.)%2", "[2 4 2 2 2 3]"},
		{"alo (23 2) (1)", "%b()", "[4 10]"},
		{"xyx", "%bxx", "[0 3]"},
		{"THE (quick) fox", "%f[%a]%a+%f[%A]", "[0 3]"},
		{"[]", "%f[\x00]", "[2 2]"},
		{"a-z", "[a-]+", "[0 2]"},
		{"a%z", "[%a-z%%]+", "[0 3]"},
		{"b-%", "[+--]", "[1 2]"},
		{"a*", "a**", "[0 2]"},
		{"*a", "*a", "[0 2]"},
		{"a]", "]", "[1 2]"},
		{"a-b", "a%-b", "[0 3]"},
		{"a", "(((a)))", "[0 1 0 1 0 1 0 1]"},
		{"aaa", strings.Repeat("a?", 40) + "aaa", "[0 3]"},
		{"x", "%z", "[]"},
		{"\x00", "%z", "[0 1]"},

		{"a", "%", "malformed pattern (ends with '%')"},
		{"a", "[a", "malformed pattern (missing ']')"},
		{"a", "[]", "malformed pattern (missing ']')"},
		{"a", "[^]", "malformed pattern (missing ']')"},
		{"a", "[a%]", "malformed pattern (missing ']')"},
		{"a", "[a%", "malformed pattern (missing ']')"},
		{"a", "%b", "unbalanced pattern"},
		{"a", "%ba", "unbalanced pattern"},
		{"a", "%f", "missing '[' after '%f' in pattern"},
		{"a", "%fa", "missing '[' after '%f' in pattern"},
		{"a", "(a", "unfinished capture"},
		{"a", "a)", "invalid pattern capture"},
		{"a", "%1", "invalid capture index"},
		{"a", "%0", "invalid capture index"},
		{"a", "(%1)", "invalid capture index"},
		{"a", "(a)%2", "invalid capture index"},
		{"a", strings.Repeat("(", 33), "too many captures"},
		{"a", strings.Repeat("a?", 2000), "[0 1]"},
		{strings.Repeat("a", 2000), strings.Repeat("a?", 2000), "pattern too complex"},
		{strings.Repeat("a", 40), strings.Repeat("a?", 40) + "b", "too many steps"},
		{strings.Repeat("a", 3000), ".-.-.-.-b", "too many steps"},
		{strings.Repeat("(", 1e6), "%b()", "too many steps"},
		{strings.Repeat("a", 1e5), "[" + strings.Repeat("b", 1e5) + "]", "too many steps"},
		{strings.Repeat("a", 1e5), "(a*)%1%1%1b", "too many steps"},
	} {
		at, err := found(newTestMatcher(test.src, test.pat, 1e6))
		got := fmt.Sprint(at)
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%.40q in %.40q: %s, want %s", test.pat, test.src, got, test.want)
		}
	}
}
