package test

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// mostWords is how many riddling words each folder may have. It only goes down: a folder that has
// fewer than its number here fails the test as well, until the number is lowered. A folder that is
// missing may have none.
var mostWords = map[string]int{}

// habit is a way to write that readers must puzzle over, and what to write instead.
type habit struct {
	name    string
	find    *regexp.Regexp
	spared  func(sentence string) bool // sentences in which it is plain English; nil: there are none
	instead string
}

// habits are what is counted. Text in backquotes is not.
var habits = []habit{
	{name: "whoever", find: regexp.MustCompile(`(?i)\bwhoever\b`), instead: `name the one who does it: "a caller that ...", "the node that ..."`},
	{name: "whom", find: regexp.MustCompile(`(?i)\bwhom\b`), instead: `say "which node", "the one that", or turn the sentence around`},
	{name: "is none", find: regexp.MustCompile(`\bis none\b`), instead: `say "there is no ...", or what the value is then: "is empty", "is nil", "is not a ..."`},
	{name: "What is ...", find: regexp.MustCompile(`(?:^|[.!?] )"?What (?:is|was|goes)\b|^what (?:is|was|goes)\b`),
		spared:  func(sentence string) bool { return strings.HasSuffix(sentence, "?") },
		instead: `begin with a noun: "Bytes of another run are ...", "Datagrams that leave ..."`},
	{name: "ours", find: regexp.MustCompile(`(?i)[;,(] ?ours\b|\bis ours\b`), instead: `say "default: 8 (measured)" or "chosen by us"`},
	{name: "so many", find: regexp.MustCompile(`(?i)\bso many\b`),
		spared:  func(sentence string) bool { return soManyThat.MatchString(sentence) },
		instead: `give the number its name: "n nodes", "count nodes", "at most limit nodes"`},
}

// soManyThat is the one plain use of these words.
var soManyThat = regexp.MustCompile(`(?i)\bso many\b.*\bthat\b`)

// codeSpan is text that quotes code or words.
var codeSpan = regexp.MustCompile("`[^`]*`")

// sentenceEnd is where one sentence ends within a passage.
var sentenceEnd = regexp.MustCompile(`[.!?](?: |$)`)

func TestWords(t *testing.T) {
	found, comments := map[string][]complaint{}, 0
	for _, p := range prose(t) {
		folder := path.Dir(p.file)
		found[folder] = append(found[folder], p.riddles()...)
		if !p.help {
			comments += len(p.lines)
		}
	}
	counts, sum := map[string]int{}, 0
	for folder, complaints := range found {
		if n := len(complaints); n > 0 {
			counts[folder], sum = n, sum+n
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(union(counts, mostWords))) {
		switch n, most := counts[folder], mostWords[folder]; {
		case n > most:
			t.Errorf("%s: %d riddling words, at most %d", folder, n, most)
			report(t, found[folder])
		case n < most:
			t.Errorf("%s: %d riddling words, and mostWords in test/words_test.go says %d; lower it", folder, n, most)
		}
	}
	t.Logf("%d riddling words in %d lines of comments and documents: one in %.0f", sum, comments, float64(comments)/float64(max(sum, 1)))
	if t.Failed() {
		t.Logf("what mostWords would be:\n%s", table(counts))
	}
}

func union(a, b map[string]int) map[string]int {
	both := maps.Clone(a)
	maps.Copy(both, b)
	return both
}

// table is a map as its source.
func table(counts map[string]int) string {
	var text strings.Builder
	for _, folder := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&text, "\t%q: %d,\n", folder, counts[folder])
	}
	return text.String()
}

// riddles finds the habits in a passage. A sentence may go over several lines.
func (p passage) riddles() (found []complaint) {
	text, starts := p.join()
	for _, h := range habits {
		for _, at := range h.find.FindAllStringIndex(text, -1) {
			if h.spared != nil && h.spared(sentence(text, at)) {
				continue
			}
			n := 0
			for n+1 < len(starts) && starts[n+1] < at[1] {
				n++
			}
			found = append(found, complaint{fmt.Sprintf("%s:%d", p.file, p.lines[n].number), fmt.Sprintf("%q: %s", h.name, excerpt(text, at)), h.instead})
		}
	}
	return found
}

// join makes one text of the lines, with the offset at which each begins.
func (p passage) join() (text string, starts []int) {
	for _, l := range p.lines {
		starts = append(starts, len(text))
		text += codeSpan.ReplaceAllStringFunc(l.text, func(code string) string { return strings.Repeat("_", len(code)) }) + " "
	}
	return strings.TrimSuffix(text, " "), starts
}

// sentence is the rest of the sentence that a match is in, from its beginning.
func sentence(text string, at []int) string {
	if end := sentenceEnd.FindStringIndex(text[at[1]:]); end != nil {
		return text[at[0] : at[1]+end[0]+1]
	}
	return text[at[0]:]
}

// excerpt is a match with some words around it.
func excerpt(text string, at []int) string {
	const around = 30
	return "..." + text[max(0, at[0]-around):min(len(text), at[1]+around)] + "..."
}

// The habits themselves: what each must find, and what it must let pass ("").
func TestHabits(t *testing.T) {
	for _, c := range []struct{ text, habit string }{
		{"Whoever holds the key may write.", "whoever"},
		{"It decides whom to ask next.", "whom"},
		{"An argument that is none is an error.", "is none"},
		{"There is none left.", "is none"},
		{"The start is None if nothing matches.", ""},
		{"What is kept belongs to the caller.", "What is ..."},
		{"It is done. What was sent counts.", "What is ..."},
		{"what goes out is counted", "What is ..."},
		{"What is a node?", ""},
		{"It says what is kept.", ""},
		{"At most 8; ours.", "ours"},
		{"The bound (ours) is generous.", "ours"},
		{"The number is ours.", "ours"},
		{"It takes hours, or one of ours that is busy.", ""},
		{"Stop at so many nodes.", "so many"},
		{"There are so many of them that nobody counts.", ""},
		{"Never write `whoever` or `whom`.", ""},
	} {
		found := passage{file: "a.go", lines: []line{{1, c.text}}}.riddles()
		switch {
		case c.habit == "" && len(found) > 0:
			t.Errorf("%q: %v, want nothing", c.text, found)
		case c.habit != "" && (len(found) != 1 || !strings.Contains(found[0].what, `"`+c.habit+`"`)):
			t.Errorf("%q: %v, want one complaint about %q", c.text, found, c.habit)
		}
	}
}

// Where prose is looked for, and at which line it is found.
func TestProse(t *testing.T) {
	for _, c := range []struct{ file, text, where string }{
		{"dht/a.go", "package dht\n\n// It decides\n// whom to ask.\nvar a = 1\n", "dht/a.go:4"},
		{"dht/a.go", "package dht\n\n/* It decides\n   whom to ask. */\n", "dht/a.go:4"},
		{"dht/a.go", "package dht\n\nvar a = 1 // whom to ask\n", "dht/a.go:3"},
		{"dht/a.go", "package dht\n\nvar a = \"whom to ask first\"\n", ""},
		{"cmd/lightdht/a.go", "package main\n\nvar a = \"whom to ask first\"\n", "cmd/lightdht/a.go:3"},
		{"cmd/lightdht/a_test.go", "package main\n\nvar a = \"whom to ask first\"\n", ""},
		{"a.lua", "local a = 1 -- it is\n-- none\nprint('x -- whom')\n", "a.lua:2"},
		{"a.lua", "local a = 1 -- it is\nlocal b = 2 -- none\n", ""},
		{"a.sh", "echo $# '# whom' # whom to ask\n", "a.sh:1"},
		{"a.md", "# Title\n\nIt decides\nwhom to ask.\n\n    whom\n\n```\nwhom\n```\n", "a.md:4"},
		{"a.md", "- one\n- whom to ask\n", "a.md:2"},
	} {
		var where []string
		for _, p := range reader(c.file)(c.file, c.text) {
			for _, found := range p.riddles() {
				where = append(where, found.where)
			}
		}
		if got := strings.Join(where, " "); got != c.where {
			t.Errorf("%s %q: found at %q, want %q", c.file, c.text, got, c.where)
		}
	}
}
