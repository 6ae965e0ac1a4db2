package bundle

import (
	"strconv"
	"strings"
)

// scan reads Lua as far as it takes to know its strings: which modules it requires by name, and all
// other strings that could name a file. It never fails; for a text that is not Lua the result is
// meaningless. It takes linear time.
func scan(source string) (modules, texts []string) {
	s := scanner{rest: source}
	required := 0 // 1: after require; 2: after the bracket or comma behind it
	for {
		kind, text := s.next()
		switch {
		case kind == endOfText:
			return modules, texts
		case kind == stringToken && required > 0 && !s.joined():
			modules, required = append(modules, text), 0
		case kind == stringToken:
			texts, required = append(texts, text), 0
		case kind == nameToken && text == "require":
			required = 1
		case required == 1 && (text == "(" || text == ","): // require("x"), pcall(require, "x")
			required = 2
		default:
			required = 0
		}
	}
}

// tokenKind is the kind of a token.
type tokenKind int

const (
	endOfText tokenKind = iota
	nameToken
	stringToken
	otherToken // a single byte
)

// scanner takes Lua apart.
type scanner struct {
	rest string
}

// next returns the next token: a name, the value of a string, or a byte.
func (s *scanner) next() (tokenKind, string) {
	for {
		s.rest = strings.TrimLeft(s.rest, " \t\r\n\v\f")
		if !strings.HasPrefix(s.rest, "--") {
			break
		}
		s.comment()
	}
	if s.rest == "" {
		return endOfText, ""
	}
	if isLetter(s.rest[0]) {
		n := 1
		for n < len(s.rest) && (isLetter(s.rest[n]) || isDigit(s.rest[n])) {
			n++
		}
		return nameToken, s.cut(n)
	}
	if c := s.rest[0]; c == '"' || c == '\'' {
		return stringToken, s.quoted()
	}
	if text, ok := s.long(); ok {
		return stringToken, text
	}
	return otherToken, s.cut(1)
}

// joined reports whether the latest token is only a part of an expression: "a" .. b.
func (s *scanner) joined() bool {
	return strings.HasPrefix(strings.TrimLeft(s.rest, " \t\r\n\v\f"), "..")
}

// cut takes n bytes away.
func (s *scanner) cut(n int) string {
	text := s.rest[:n]
	s.rest = s.rest[n:]
	return text
}

// comment takes a comment away: to its closing bracket, or to the end of the line.
func (s *scanner) comment() {
	s.cut(2)
	if _, ok := s.long(); ok {
		return
	}
	if n := strings.IndexByte(s.rest, '\n'); n >= 0 {
		s.cut(n)
	} else {
		s.rest = ""
	}
}

// long takes a string in long brackets, [==[...]==], away, if there is one.
func (s *scanner) long() (text string, ok bool) {
	if !strings.HasPrefix(s.rest, "[") {
		return "", false
	}
	level := 0
	for level+1 < len(s.rest) && s.rest[level+1] == '=' {
		level++
	}
	if level+1 >= len(s.rest) || s.rest[level+1] != '[' {
		return "", false
	}
	s.cut(level + 2)
	closing := "]" + strings.Repeat("=", level) + "]"
	text, rest, _ := strings.Cut(s.rest, closing)
	s.rest = rest
	return strings.TrimPrefix(strings.TrimPrefix(text, "\r"), "\n"), true
}

// quoted takes a string in quotes, and returns its value. A string without an end ends with the
// line.
func (s *scanner) quoted() string {
	quote := s.cut(1)[0]
	var b strings.Builder
	for s.rest != "" {
		switch c := s.cut(1)[0]; {
		case c == quote || c == '\n':
			return b.String()
		case c == '\\' && s.rest != "":
			b.WriteByte(s.escape())
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// escape takes the rest of an escape after the backslash, and returns the byte that it stands for.
func (s *scanner) escape() byte {
	digits := 0
	for digits < min(3, len(s.rest)) && isDigit(s.rest[digits]) {
		digits++
	}
	if digits > 0 {
		n, _ := strconv.Atoi(s.cut(digits))
		return byte(n)
	}
	c := s.cut(1)[0]
	if i := strings.IndexByte("abfnrtv", c); i >= 0 {
		return "\a\b\f\n\r\t\v"[i]
	}
	return c
}

func isLetter(c byte) bool { return c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
