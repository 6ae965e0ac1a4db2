package language

import (
	"fmt"
	"strconv"
	"strings"
)

// numberSpellings are numerals as Lua 5.1 reads them, in every form that its grammar has.
var numberSpellings = []template{
	{text: "0"}, {text: "1", weight: 3}, {text: "2", weight: 3}, {text: "3", weight: 3}, {text: "7"}, {text: "10"}, {text: "255"},
	{text: "0.5"}, {text: ".25"}, {text: "3."}, {text: "1.5", weight: 2}, {text: "0.1"}, {text: "2.75"}, {text: "123456.789"},
	{text: "1e3"}, {text: "1E2"}, {text: "5e-1"}, {text: "2.5E+1"}, {text: "1e15"}, {text: "1e16"}, {text: "123456789012"},
	{text: "0x10"}, {text: "0xfF"}, {text: "0XA"}, {text: "010"}, {text: "9007199254740993"}, {text: "0xFFFFFFFFFF"},
	{text: "1e100"}, {text: "1e-7"}, {text: "99999999999999"}, {text: "100000000000000"}, {text: "0.30000000000000004"},
}

func (g *generator) numeral() *node {
	t := g.weighted(numberSpellings)
	if g.chance(25) {
		t.text = strconv.Itoa(g.between(0, 40))
	}
	return leaf("numeral", expression, simpleLevel, t.text)
}

// smallInteger suits counts and indices: large numbers would make long strings.
func (g *generator) smallInteger() *node {
	switch g.below(8) {
	case 0:
		return leaf("negative integer", expression, unaryLevel, "-"+strconv.Itoa(g.between(1, 4)))
	case 1:
		return leaf("integer as string", expression, simpleLevel, one(g, []string{`"2"`, `"0x3"`, `" 4 "`, `"1e0"`, `"3.0"`, `"010"`, `"-1"`}))
	case 2:
		if v, ok := g.known(array); ok {
			return &node{form: "length", sort: expression, level: unaryLevel, text: []string{"#", ""}, need: []int{unaryLevel}, kids: []*node{name(v.name)}}
		}
	case 3:
		return leaf("fraction as integer", expression, simpleLevel, one(g, []string{"1.5", "2.9", "3.0", "0.99"}))
	}
	return leaf("integer", expression, simpleLevel, strconv.Itoa(g.between(0, 6)))
}

// contents are what strings hold: words, numbers in all spellings, and bytes of every sort.
var contents = []string{
	"", "a", "abc", "hello", "Hello World", "  x  ", "key=value", "a,b,,c", "one two", "THE (quick) fox", "x", "%d", "[a]", "a.b",
	"10", "0x10", "1e2", " 5 ", "-3", "010", "0.5", "3.14", "1e", "0x", "5x", "1 2", ".5", "5.", "- 1", "1e+2", "0b1", "1_0",
	"line\nbreak", "tab\there", "q\"uote", "ap'os", "back\\slash", "nul\x00byte", "\xe4\xff", "\r\n", "]]", "a]==]b", "\a\b\f\v", "\x7f",
}

func (g *generator) stringLiteral() *node { return g.spell(one(g, contents)) }

// spell writes a string's literal in one of the ways there are.
func (g *generator) spell(s string) *node {
	switch g.below(5) {
	case 0:
		return leaf("string in single quotes", expression, simpleLevel, "'"+g.escaped(s, '\'')+"'")
	case 1:
		if long, ok := g.longBracket(s); ok {
			return leaf("long string", expression, simpleLevel, long)
		}
	}
	return leaf("string in double quotes", expression, simpleLevel, `"`+g.escaped(s, '"')+`"`)
}

var letterEscapes = map[byte]string{'\a': `\a`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`, '\v': `\v`, '\\': `\\`}

// escaped spells some characters by number and some, needlessly, with a backslash.
func (g *generator) escaped(s string, quote byte) string {
	var out strings.Builder
	for i := range len(s) {
		c := s[i]
		escape, named := letterEscapes[c]
		switch digitNext := i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9'; {
		case c == '\n' && g.chance(20):
			out.WriteString("\\\n")
		case named && !g.chance(20):
			out.WriteString(escape)
		case c == quote:
			out.WriteString("\\" + string(quote))
		case c == 0 && !digitNext:
			out.WriteString(`\0`)
		case c < ' ' || c > '~' || g.chance(2):
			fmt.Fprintf(&out, `\%03d`, c)
		case strings.IndexByte("[]%-.,=w", c) >= 0 && g.chance(5):
			out.WriteByte('\\')
			out.WriteByte(c)
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

// longBracket writes [[s]] or [==[s]==], if that can hold it.
func (g *generator) longBracket(s string) (string, bool) {
	if strings.ContainsAny(s, "\x00\r") {
		return "", false
	}
	equals := strings.Repeat("=", g.below(3))
	if strings.Contains(s+"]", "]"+equals+"]") || strings.HasSuffix(s, "]") {
		return "", false
	}
	if strings.HasPrefix(s, "\n") || g.chance(15) {
		s = "\n" + s
	}
	return "[" + equals + "[" + s + "]" + equals + "]", true
}
