package pattern

// itemEnd is the end of the single character, class or set that begins at p.
func (m *Matcher) itemEnd(p int) int {
	switch m.Pattern[p] {
	case '%':
		if p+1 == len(m.Pattern) {
			m.Fail("malformed pattern (ends with '%')")
		}
		return p + 2
	case '[':
		return m.setEnd(p + 1)
	}
	return p + 1
}

// setEnd is the end of the set whose first item, or "^", is at p. A "]" in that place belongs to
// the set.
func (m *Matcher) setEnd(p int) int {
	if m.is(p, '^') {
		p++
	}
	for first := true; ; first = false {
		if p >= len(m.Pattern) {
			m.Fail("malformed pattern (missing ']')")
		}
		m.Step(1)
		switch c := m.Pattern[p]; {
		case c == ']' && !first:
			return p + 1
		case c == '%' && p+1 < len(m.Pattern):
			p += 2
		default:
			p++
		}
	}
}

// single reports whether the text has a byte at s and the item from p to end matches it.
func (m *Matcher) single(s, p, end int) bool {
	if s >= len(m.Text) {
		return false
	}
	c := m.Text[s]
	switch m.Pattern[p] {
	case '.':
		return true
	case '%':
		return inClass(c, m.Pattern[p+1])
	case '[':
		return m.inSet(c, p, end)
	}
	return m.Pattern[p] == c
}

// inSet reports whether a byte is in the set that begins with the "[" at p and ends before end.
func (m *Matcher) inSet(c byte, p, end int) bool {
	m.Step((end - p) / 4)
	in, last := true, end-1 // the "]"
	if p++; m.Pattern[p] == '^' {
		in = false
		p++
	}
	for p < last {
		switch {
		case m.Pattern[p] == '%' && p+1 < last:
			if inClass(c, m.Pattern[p+1]) {
				return in
			}
			p += 2
		case p+2 < last && m.Pattern[p+1] == '-':
			if m.Pattern[p] <= c && c <= m.Pattern[p+2] {
				return in
			}
			p += 3
		default:
			if m.Pattern[p] == c {
				return in
			}
			p++
		}
	}
	return !in
}

// inClass reports whether a byte is in the class of a letter; an upper-case letter is the
// complement. A byte that names no class stands for itself. Letters are those of ASCII, as in the C
// locale.
func inClass(c, class byte) bool {
	in := false
	switch class | 0x20 {
	case 'a':
		in = isLetter(c)
	case 'c':
		in = c < ' ' || c == 0x7f
	case 'd':
		in = isDigit(c)
	case 'l':
		in = c >= 'a' && c <= 'z'
	case 'p':
		in = c > ' ' && c < 0x7f && !isLetter(c) && !isDigit(c)
	case 's':
		in = c == ' ' || c >= '\t' && c <= '\r'
	case 'u':
		in = c >= 'A' && c <= 'Z'
	case 'w':
		in = isLetter(c) || isDigit(c)
	case 'x':
		in = isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f'
	case 'z':
		in = c == 0
	default:
		return c == class
	}
	return in == (class >= 'a')
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
