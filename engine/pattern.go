package engine

import "strings"

const (
	// maxCaptures is Lua's.
	maxCaptures = 32
	// maxMatchDepth bounds how far the parts of a pattern that can match in several ways may lie within one another.
	// Lua 5.1 has no such limit but the C stack, Lua 5.4 has 200.
	maxMatchDepth = 1000
	// matchSlice is how many steps a match makes before it reports them.
	matchSlice = 1000
)

// matcher matches one string against one pattern of Lua 5.1, by trying. Trying all ways can take for ever, so it counts
// its steps; work, which may end the task, is told of them.
type matcher struct {
	src, pat string
	captures [maxCaptures]matched
	level    int // captures begun
	depth    int
	steps    int64
	work     func(steps int64)
	fail     func(message string) // of a malformed pattern; does not return
}

// matched is a capture: where it begins, and how long it is or what else it is.
type matched struct{ start, size int }

const (
	unfinished = -1
	position   = -2
)

// none is the end of what does not match.
const none = -1

// step counts n steps.
func (m *matcher) step(n int) {
	if m.steps += int64(n); m.steps >= matchSlice {
		m.settle()
	}
}

// settle reports the steps made so far.
func (m *matcher) settle() {
	m.work(m.steps)
	m.steps = 0
}

// search finds the first match that begins at from or later; start is none if there is none.
func (m *matcher) search(from int) (start, end int) {
	anchored := strings.HasPrefix(m.pat, "^")
	p := 0
	if anchored {
		p = 1
	}
	first, literal := m.literal(p)
	for s := from; s <= len(m.src); s++ {
		if literal && !anchored {
			skip := strings.IndexByte(m.src[s:], first)
			m.step(1 + max(skip, 0)/16)
			if skip < 0 {
				break
			}
			s += skip
		}
		if e := m.at(s, p); e != none {
			return s, e
		}
		if anchored {
			break
		}
	}
	return none, none
}

// literal is the byte that every match of the pattern from p on begins with, if that can be said at a glance.
func (m *matcher) literal(p int) (c byte, ok bool) {
	if p >= len(m.pat) || strings.IndexByte("^$*+?.([%-)", m.pat[p]) >= 0 {
		return 0, false
	}
	return m.pat[p], p+1 == len(m.pat) || strings.IndexByte("*?-", m.pat[p+1]) < 0
}

// at matches the pattern from p on, at s and nowhere else, and returns the end of the match.
func (m *matcher) at(s, p int) int {
	m.level, m.depth = 0, 0
	return m.try(s, p)
}

// try is match one level deeper.
func (m *matcher) try(s, p int) int {
	if m.depth++; m.depth > maxMatchDepth {
		m.fail("pattern too complex")
	}
	end := m.match(s, p)
	m.depth--
	return end
}

// match goes through the pattern as long as there is one way only.
func (m *matcher) match(s, p int) int {
	for p < len(m.pat) {
		m.step(1)
		switch c := m.pat[p]; {
		case c == '(' && m.is(p+1, ')'):
			return m.open(s, p+2, position)
		case c == '(':
			return m.open(s, p+1, unfinished)
		case c == ')':
			return m.close(s, p+1)
		case c == '$' && p+1 == len(m.pat):
			if s == len(m.src) {
				return s
			}
			return none
		case c == '%' && m.is(p+1, 'b'):
			s, p = m.balanced(s, p+2), p+4
		case c == '%' && m.is(p+1, 'f'):
			s, p = m.frontier(s, p+2)
		case c == '%' && p+1 < len(m.pat) && isDigit(m.pat[p+1]):
			s, p = m.again(s, m.pat[p+1]), p+2
		default:
			end := m.itemEnd(p)
			if end < len(m.pat) {
				switch m.pat[end] {
				case '?':
					if m.single(s, p, end) {
						if e := m.try(s+1, end+1); e != none {
							return e
						}
					}
					p = end + 1
					continue
				case '*':
					return m.most(s, p, end, 0)
				case '+':
					return m.most(s, p, end, 1)
				case '-':
					return m.fewest(s, p, end)
				}
			}
			if !m.single(s, p, end) {
				return none
			}
			s, p = s+1, end
		}
		if s == none {
			return none
		}
	}
	return s
}

// is reports whether the pattern has this byte there.
func (m *matcher) is(p int, c byte) bool { return p < len(m.pat) && m.pat[p] == c }

// most tries to match as many as possible of what the pattern has from p to end, at least so many, before the rest.
func (m *matcher) most(s, p, end, least int) int {
	n := 0
	for m.single(s+n, p, end) {
		m.step(1)
		n++
	}
	for ; n >= least; n-- {
		if e := m.try(s+n, end+1); e != none {
			return e
		}
	}
	return none
}

// fewest tries to match as few as possible.
func (m *matcher) fewest(s, p, end int) int {
	for {
		if e := m.try(s, end+1); e != none {
			return e
		}
		if !m.single(s, p, end) {
			return none
		}
		s++
	}
}

// open begins a capture.
func (m *matcher) open(s, p, size int) int {
	if m.level == maxCaptures {
		m.fail("too many captures")
	}
	m.captures[m.level] = matched{s, size}
	m.level++
	e := m.try(s, p)
	if e == none {
		m.level--
	}
	return e
}

// close ends the capture that was begun last and has not ended.
func (m *matcher) close(s, p int) int {
	at := m.level - 1
	for at >= 0 && m.captures[at].size != unfinished {
		at--
	}
	if at < 0 {
		m.fail("invalid pattern capture")
	}
	c := &m.captures[at]
	c.size = s - c.start
	e := m.try(s, p)
	if e == none {
		c.size = unfinished
	}
	return e
}

// balanced is %bxy: from an x to the y that goes with it.
func (m *matcher) balanced(s, p int) int {
	if p+1 >= len(m.pat) {
		m.fail("unbalanced pattern")
	}
	opening, closing := m.pat[p], m.pat[p+1]
	if s >= len(m.src) || m.src[s] != opening {
		return none
	}
	depth := 1
	for s++; s < len(m.src); s++ {
		m.step(1)
		switch m.src[s] {
		case closing: // first, for the two may be the same
			if depth--; depth == 0 {
				return s + 1
			}
		case opening:
			depth++
		}
	}
	return none
}

// frontier is %f[set]: between a byte that is not in the set and one that is. Both ends of the string count as "\0".
func (m *matcher) frontier(s, p int) (at, rest int) {
	if !m.is(p, '[') {
		m.fail("missing '[' after '%f' in pattern")
	}
	end := m.itemEnd(p)
	var before, after byte
	if s > 0 {
		before = m.src[s-1]
	}
	if s < len(m.src) {
		after = m.src[s]
	}
	if m.inSet(before, p, end) || !m.inSet(after, p, end) {
		return none, end
	}
	return s, end
}

// again is %1 to %9: what that capture has matched, once more.
func (m *matcher) again(s int, digit byte) int {
	i := int(digit) - '1'
	if i < 0 || i >= m.level || m.captures[i].size == unfinished {
		m.fail("invalid capture index")
	}
	c := m.captures[i]
	if c.size == position {
		return none
	}
	m.step(c.size / 16)
	if !strings.HasPrefix(m.src[s:], m.src[c.start:c.start+c.size]) {
		return none
	}
	return s + c.size
}

// itemEnd is where the single character, class or set ends that begins at p.
func (m *matcher) itemEnd(p int) int {
	switch m.pat[p] {
	case '%':
		if p+1 == len(m.pat) {
			m.fail("malformed pattern (ends with '%')")
		}
		return p + 2
	case '[':
		return m.setEnd(p + 1)
	}
	return p + 1
}

// setEnd is where the set ends whose first item, or "^", is at p. A "]" there is one of the set.
func (m *matcher) setEnd(p int) int {
	if m.is(p, '^') {
		p++
	}
	for first := true; ; first = false {
		if p >= len(m.pat) {
			m.fail("malformed pattern (missing ']')")
		}
		m.step(1)
		switch c := m.pat[p]; {
		case c == ']' && !first:
			return p + 1
		case c == '%' && p+1 < len(m.pat):
			p += 2
		default:
			p++
		}
	}
}

// single reports whether there is a byte at s and what the pattern has from p to end matches it.
func (m *matcher) single(s, p, end int) bool {
	if s >= len(m.src) {
		return false
	}
	c := m.src[s]
	switch m.pat[p] {
	case '.':
		return true
	case '%':
		return inClass(c, m.pat[p+1])
	case '[':
		return m.inSet(c, p, end)
	}
	return m.pat[p] == c
}

// inSet reports whether a byte is in the set that begins with the "[" at p and ends before end.
func (m *matcher) inSet(c byte, p, end int) bool {
	m.step((end - p) / 4)
	in, last := true, end-1 // the "]"
	if p++; m.pat[p] == '^' {
		in = false
		p++
	}
	for p < last {
		switch {
		case m.pat[p] == '%' && p+1 < last:
			if inClass(c, m.pat[p+1]) {
				return in
			}
			p += 2
		case p+2 < last && m.pat[p+1] == '-':
			if m.pat[p] <= c && c <= m.pat[p+2] {
				return in
			}
			p += 3
		default:
			if m.pat[p] == c {
				return in
			}
			p++
		}
	}
	return !in
}

// inClass reports whether a byte is in the class of a letter; an upper-case letter is the complement. Whatever is no
// class stands for itself. Letters are those of ASCII, as in the C locale.
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
