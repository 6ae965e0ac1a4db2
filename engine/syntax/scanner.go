package syntax

import (
	"fmt"
	"strings"
)

// Scanner splits a text into tokens.
type Scanner struct {
	text string
	at   int // the next byte
	line int // of that byte, from 1
}

// NewScanner returns a scanner at the beginning of a text.
func NewScanner(text string) *Scanner { return &Scanner{text: text, line: 1} }

// Next returns the next token. At the end it is EOF, in every further call as well. The error is an
// *Error.
func (s *Scanner) Next() (Token, error) {
	if err := s.skip(); err != nil {
		return Token{}, err
	}
	t := Token{At: s.at}
	var err error
	switch c := s.byteAt(0); {
	case s.at == len(s.text):
		t.Kind = EOF
	case isLetter(c):
		t.Text = s.word()
		t.Kind = Name
		if keywords[t.Text] {
			t.Kind = Kind(t.Text)
		}
	case isDigit(c), c == '.' && isDigit(s.byteAt(1)):
		t.Kind, err = Number, s.number()
	case c == '"', c == '\'':
		t.Kind = String
		t.Text, err = s.quoted(c)
	case c == '[' && (s.byteAt(1) == '[' || s.byteAt(1) == '='):
		t.Kind = String
		t.Text, err = s.longString()
	default:
		t.Kind = Kind(s.symbol())
	}
	t.Line, t.End = s.line, s.at
	return t, err
}

// byteAt is the byte k after the next one, or 0 beyond the end.
func (s *Scanner) byteAt(k int) byte {
	if s.at+k < len(s.text) {
		return s.text[s.at+k]
	}
	return 0
}

// fail is an error about the text from a byte to the current one.
func (s *Scanner) fail(message string, from int) *Error {
	return &Error{Line: s.line, Message: message, Near: shown(s.text[from:s.at])}
}

// unfinished is an error at the end of the text.
func (s *Scanner) unfinished(what string) *Error {
	return &Error{Line: s.line, Message: "unfinished " + what, Near: string(EOF)}
}

// skip passes white space and comments.
func (s *Scanner) skip() error {
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == '\n' || c == '\r':
			s.newline()
		case c == ' ' || c == '\t' || c == '\v' || c == '\f':
			s.at++
		case strings.HasPrefix(s.text[s.at:], "--"):
			s.at += 2
			if err := s.comment(); err != nil {
				return err
			}
		default:
			return nil
		}
	}
	return nil
}

// newline passes the end of a line: two different bytes that end lines are one end.
func (s *Scanner) newline() {
	first := s.text[s.at]
	s.at++
	if c := s.byteAt(0); (c == '\n' || c == '\r') && c != first {
		s.at++
	}
	s.line++
}

// comment passes a comment after its "--".
func (s *Scanner) comment() error {
	if level := s.bracketLevel(); level >= 0 {
		_, err := s.longText(level, "long comment")
		return err
	}
	if end := strings.IndexAny(s.text[s.at:], "\r\n"); end >= 0 {
		s.at += end
	} else {
		s.at = len(s.text)
	}
	return nil
}

// bracketLevel is the number of "=" in a "[==[" that comes next, or -1.
func (s *Scanner) bracketLevel() int {
	if s.byteAt(0) != '[' {
		return -1
	}
	n := 1
	for s.byteAt(n) == '=' {
		n++
	}
	if s.byteAt(n) != '[' {
		return -1
	}
	return n - 1
}

func (s *Scanner) longString() (string, error) {
	level := s.bracketLevel()
	if level < 0 {
		from := s.at
		for s.at++; s.byteAt(0) == '='; s.at++ {
		}
		return "", s.fail("invalid long string delimiter", from)
	}
	return s.longText(level, "long string")
}

// longText passes a long bracket and returns the text within. A line end right after the opening
// bracket does not count; every other becomes "\n".
func (s *Scanner) longText(level int, what string) (string, error) {
	s.at += level + 2
	closing := "]" + strings.Repeat("=", level) + "]"
	n := strings.Index(s.text[s.at:], closing)
	end := s.at + n
	if n < 0 {
		end = len(s.text)
	}
	if c := s.byteAt(0); c == '\n' || c == '\r' {
		s.newline()
	}
	var b strings.Builder
	start, from := s.at, s.at
	for s.at < end {
		if c := s.text[s.at]; c != '\n' && c != '\r' {
			s.at++
			continue
		}
		b.WriteString(s.text[from:s.at] + "\n")
		s.newline()
		from = s.at
	}
	if n < 0 {
		return "", s.unfinished(what)
	}
	if level == 0 && strings.Contains(s.text[start:end], "[[") {
		e := s.fail("nesting of [[...]] is deprecated", end)
		e.Near, e.Hint = "[", "Lua 5.1 refuses [[ between [[ and ]]: write [=[ ... ]=]"
		return "", e
	}
	b.WriteString(s.text[from:end])
	s.at = end + len(closing)
	return b.String(), nil
}

func (s *Scanner) word() string {
	from := s.at
	for isLetter(s.byteAt(0)) || isDigit(s.byteAt(0)) {
		s.at++
	}
	return s.text[from:s.at]
}

// number passes a numeral: all letters and digits that follow its beginning.
func (s *Scanner) number() error {
	from := s.at
	for isDigit(s.byteAt(0)) || s.byteAt(0) == '.' {
		s.at++
	}
	if s.byteAt(0)|0x20 == 'e' {
		s.at++
		if c := s.byteAt(0); c == '+' || c == '-' {
			s.at++
		}
	}
	for isLetter(s.byteAt(0)) || isDigit(s.byteAt(0)) {
		s.at++
	}
	if _, ok := ParseNumber(s.text[from:s.at]); !ok {
		return s.fail("malformed number", from)
	}
	return nil
}

// quoted passes a string in quotes and returns its value.
func (s *Scanner) quoted(quote byte) (string, error) {
	from := s.at
	var b strings.Builder
	for s.at++; ; {
		if s.at == len(s.text) {
			return "", &Error{Line: s.line, Message: "unfinished string", Near: string(EOF), early: true}
		}
		switch c := s.text[s.at]; c {
		case quote:
			s.at++
			return b.String(), nil
		case '\n', '\r':
			return "", s.fail("unfinished string", from)
		case '\\':
			s.at++
			if !s.escape(&b) {
				return "", s.fail("escape sequence too large", from)
			}
		default:
			b.WriteByte(c)
			s.at++
		}
	}
}

var escapes = map[byte]byte{'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}

// escape passes an escape after its backslash; false if it is a number over 255.
func (s *Scanner) escape(b *strings.Builder) bool {
	c := s.byteAt(0)
	switch {
	case s.at == len(s.text): // the caller reports it
	case c == '\n' || c == '\r':
		s.newline()
		b.WriteByte('\n')
	case isDigit(c):
		n := 0
		for i := 0; i < 3 && isDigit(s.byteAt(0)); i++ {
			n = n*10 + int(s.byteAt(0)-'0')
			s.at++
		}
		if n > 255 {
			return false
		}
		b.WriteByte(byte(n))
	default:
		if e, ok := escapes[c]; ok {
			c = e
		}
		b.WriteByte(c)
		s.at++
	}
	return true
}

// symbols are those of more than one byte, longer ones first.
var symbols = []string{"...", "..", "==", "~=", "<=", ">=", "::"}

func (s *Scanner) symbol() string {
	for _, sym := range symbols {
		if strings.HasPrefix(s.text[s.at:], sym) {
			s.at += len(sym)
			return sym
		}
	}
	s.at++
	return s.text[s.at-1 : s.at]
}

// maxShown is the longest part of a token in a message, in bytes (chosen by us).
const maxShown = 60

// shown is a piece of a script in a message: short, and without control characters.
func shown(text string) string {
	if len(text) == 1 && (text[0] < ' ' || text[0] >= 0x7f) {
		return fmt.Sprintf("char(%d)", text[0])
	}
	if len(text) > maxShown {
		text = strings.ToValidUTF8(text[:maxShown], "") + "..."
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
}
