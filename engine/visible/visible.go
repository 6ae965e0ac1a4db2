// Package visible escapes characters that a terminal obeys instead of showing them, as Go's quoted
// strings do: \x1b, \u202e. Text from strangers may contain any of them.
//
// Escaped are the control characters of ASCII and of ISO 8859-1 (C0, DEL, C1), bytes that are no
// UTF-8, the ends of lines and paragraphs of Unicode, and characters that change the direction of
// other text: embeddings, overrides and isolates. All other text passes, with marks of direction,
// joiners and spaces of no width, which some scripts of the world need and no terminal obeys.
package visible

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Text is a text of several lines: newlines and tabs stay.
func Text(text string) string {
	return escaped(text, func(r rune) bool { return r == '\n' || r == '\t' })
}

// Line is a text within a single line, such as a name: newlines and tabs are escaped as well.
func Line(text string) string { return escaped(text, func(rune) bool { return false }) }

// escaped is text in which the characters that a terminal obeys are escaped, except those that
// stay.
func escaped(text string, stays func(rune) bool) string {
	clean := 0 // bytes without need of escapes
	for clean < len(text) {
		r, size := utf8.DecodeRuneInString(text[clean:])
		if obeyed(r, size) && !stays(r) {
			break
		}
		clean += size
	}
	if clean == len(text) {
		return text
	}
	var b strings.Builder
	b.WriteString(text[:clean])
	for rest := text[clean:]; rest != ""; {
		r, size := utf8.DecodeRuneInString(rest)
		if obeyed(r, size) && !stays(r) {
			b.WriteString(escape(r, rest[:size]))
		} else {
			b.WriteString(rest[:size])
		}
		rest = rest[size:]
	}
	return b.String()
}

// obeyed reports whether a terminal may obey a character. size is the length of its encoding: 1 for
// a byte that is not UTF-8.
func obeyed(r rune, size int) bool {
	switch {
	case r == utf8.RuneError && size == 1:
		return true
	case r < ' ', 0x7f <= r && r <= 0x9f:
		return true
	}
	return 0x2028 <= r && r <= 0x202e || 0x2066 <= r && r <= 0x206f
}

// escape is how a character is shown that was encoded as these bytes.
func escape(r rune, encoded string) string {
	if r == utf8.RuneError || r == 0x7f {
		return `\x` + hex(encoded[0])
	}
	return strings.Trim(strconv.QuoteRuneToASCII(r), "'")
}

func hex(c byte) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[c>>4], digits[c&15]})
}
