package engine

import "strings"

// maxNesting is how deep blocks and brackets may nest, as in Lua 5.1; maxChain how many operators one expression may
// join. Beyond, the compiler's recursion and its quadratic time become the script's weapon.
const (
	maxNesting = 200
	maxChain   = 2000
)

// tooDeep returns the line on which a source text nests too deep, or 0. It looks at words and brackets only, so it may
// be wrong about texts that are not Lua; those the parser refuses anyway.
func tooDeep(source string) int {
	n := nesting{rest: source, line: 1}
	for n.next() {
		if len(n.open) > maxNesting || n.elseifs > maxNesting || n.chain > maxChain {
			return n.line
		}
	}
	return 0
}

type nesting struct {
	rest    string
	line    int
	open    []level // what encloses the current place
	chain   int     // operators since the expression began
	elseifs int     // in all open blocks; each nests one level deeper in the syntax tree
}

// level is what to go back to when a block or a bracket ends.
type level struct{ chain, elseifs int }

// next takes one token; false at the end.
func (n *nesting) next() bool {
	s := n.rest
	if s == "" {
		return false
	}
	c := s[0]
	switch {
	case c == '\n':
		n.line++
		n.take(1)
	case c == ' ' || c == '\t' || c == '\r':
		n.take(1)
	case strings.HasPrefix(s, "--"):
		n.comment()
	case c == '"' || c == '\'':
		n.quoted(c)
	case c == '[' && longBracket(s) > 0:
		n.long()
	case isWord(c):
		n.word()
	default:
		n.symbol(c)
	}
	return true
}

func (n *nesting) take(k int) { n.rest = n.rest[min(k, len(n.rest)):] }

func (n *nesting) comment() {
	n.take(2)
	if longBracket(n.rest) > 0 {
		n.long()
		return
	}
	end := strings.IndexByte(n.rest, '\n')
	if end < 0 {
		end = len(n.rest)
	}
	n.take(end)
}

func (n *nesting) quoted(quote byte) {
	i := 1
	for i < len(n.rest) && n.rest[i] != quote && n.rest[i] != '\n' {
		if n.rest[i] == '\\' {
			i++
			if i < len(n.rest) && n.rest[i] == '\n' {
				n.line++
			}
		}
		i++
	}
	n.take(i + 1)
	if i < len(n.rest) && strings.HasPrefix(n.rest, "\n") {
		return
	}
}

// longBracket is the length of the "[[" or "[==[" that s begins with, or 0.
func longBracket(s string) int {
	if s == "" || s[0] != '[' {
		return 0
	}
	i := 1
	for i < len(s) && s[i] == '=' {
		i++
	}
	if i < len(s) && s[i] == '[' {
		return i + 1
	}
	return 0
}

func (n *nesting) long() {
	k := longBracket(n.rest)
	closing := "]" + strings.Repeat("=", k-2) + "]"
	end := strings.Index(n.rest[k:], closing)
	if end < 0 {
		end = len(n.rest)
	} else {
		end += k + len(closing)
	}
	n.line += strings.Count(n.rest[:end], "\n")
	n.take(end)
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func (n *nesting) word() {
	i := 0
	for i < len(n.rest) && isWord(n.rest[i]) {
		i++
	}
	word := n.rest[:i]
	n.take(i)
	switch word {
	case "and", "or", "not":
		n.chain++
	case "function", "do", "if", "repeat":
		n.enter()
	case "end", "until":
		n.leave()
	case "elseif":
		n.elseifs++
		n.chain = 0
	case "then", "else", "local", "return", "for", "while", "in", "break", "goto":
		n.chain = 0
	}
}

func (n *nesting) symbol(c byte) {
	n.take(1)
	switch c {
	case '(', '{', '[':
		n.enter()
	case ')', '}', ']':
		n.leave()
	case ',', ';':
		n.chain = 0
	case '=':
		if strings.HasPrefix(n.rest, "=") {
			n.take(1)
			n.chain++
		} else {
			n.chain = 0
		}
	case '.':
		if strings.HasPrefix(n.rest, ".") {
			n.take(1)
			n.chain++
		}
	case '+', '-', '*', '/', '%', '^', '#', '<', '>', '~':
		n.chain++
	}
}

func (n *nesting) enter() {
	n.open = append(n.open, level{n.chain, n.elseifs})
	n.chain = 0
}

func (n *nesting) leave() {
	if len(n.open) == 0 {
		return
	}
	last := n.open[len(n.open)-1]
	n.open = n.open[:len(n.open)-1]
	n.chain, n.elseifs = last.chain, last.elseifs
}
