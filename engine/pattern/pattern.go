package pattern

import "strings"

const (
	// maxCaptures is the limit of Lua 5.1 (LUA_MAXCAPTURES).
	maxCaptures = 32
	// maxMatchDepth limits the recursion for the items of a pattern that can match in several ways.
	// Lua 5.1 has no such limit but the C stack, Lua 5.4 has 200.
	maxMatchDepth = 1000
	// reportSteps is the number of steps between two reports (chosen by us).
	reportSteps = 1000
)

// Matcher matches one string against one pattern. It belongs to one goroutine.
type Matcher struct {
	Text, Pattern string
	// Work is told of steps of the search, each about half as long as an instruction of Lua. It may
	// end the goroutine.
	Work func(steps int64)
	// Fail is told what is wrong with a pattern. It must not return.
	Fail func(message string)

	captures [maxCaptures]capture
	level    int // captures begun
	depth    int // of calls of nested
	steps    int64
}

// capture is where a capture begins, and its length in bytes or one of the values below.
type capture struct{ start, size int }

const (
	unfinished = -1
	position   = -2
)

// None is the start and the end of a match that was not found.
const None = -1

// Position is the end of a capture of a position, as by "()".
const Position = -2

// Step counts n steps.
func (m *Matcher) Step(n int) {
	if m.steps += int64(n); m.steps >= reportSteps {
		m.Report()
	}
}

// Report calls Work with the steps made since the last report.
func (m *Matcher) Report() {
	m.Work(m.steps)
	m.steps = 0
}

// Captures is the number of captures of the last match.
func (m *Matcher) Captures() int { return m.level }

// Capture is where capture i of the last match lies, counted from 0; end is Position if it captured
// a position only. A capture that does not exist or is not closed is a failure.
func (m *Matcher) Capture(i int) (start, end int) {
	if i >= m.level {
		m.Fail("invalid capture index")
	}
	c := m.captures[i]
	switch c.size {
	case unfinished:
		m.Fail("unfinished capture")
	case position:
		return c.start, Position
	}
	return c.start, c.start + c.size
}

// Search finds the first match that begins at byte from or later. It returns None, None without a
// match.
func (m *Matcher) Search(from int) (start, end int) {
	anchored := strings.HasPrefix(m.Pattern, "^")
	p := 0
	if anchored {
		p = 1
	}
	first, literal := m.literal(p)
	for s := from; s <= len(m.Text); s++ {
		if literal && !anchored {
			skip := strings.IndexByte(m.Text[s:], first)
			m.Step(1 + max(skip, 0)/16)
			if skip < 0 {
				break
			}
			s += skip
		}
		if e := m.At(s, p); e != None {
			return s, e
		}
		if anchored {
			break
		}
	}
	return None, None
}

// literal is the byte that every match of the pattern from p on begins with, if the pattern begins
// with a plain byte.
func (m *Matcher) literal(p int) (c byte, ok bool) {
	if p >= len(m.Pattern) || strings.IndexByte("^$*+?.([%-)", m.Pattern[p]) >= 0 {
		return 0, false
	}
	return m.Pattern[p], p+1 == len(m.Pattern) || strings.IndexByte("*?-", m.Pattern[p+1]) < 0
}

// At matches the pattern from byte p on, at byte s of the text only, and returns the end of the
// match or None.
func (m *Matcher) At(s, p int) int {
	m.level, m.depth = 0, 0
	return m.nested(s, p)
}

// nested is match, one level of recursion deeper.
func (m *Matcher) nested(s, p int) int {
	if m.depth++; m.depth > maxMatchDepth {
		m.Fail("pattern too complex")
	}
	end := m.match(s, p)
	m.depth--
	return end
}

// match follows the pattern, and recurs where it can match in several ways.
func (m *Matcher) match(s, p int) int {
	for p < len(m.Pattern) {
		m.Step(1)
		switch c := m.Pattern[p]; {
		case c == '(' && m.is(p+1, ')'):
			return m.open(s, p+2, position)
		case c == '(':
			return m.open(s, p+1, unfinished)
		case c == ')':
			return m.close(s, p+1)
		case c == '$' && p+1 == len(m.Pattern):
			if s == len(m.Text) {
				return s
			}
			return None
		case c == '%' && m.is(p+1, 'b'):
			s, p = m.balanced(s, p+2), p+4
		case c == '%' && m.is(p+1, 'f'):
			s, p = m.frontier(s, p+2)
		case c == '%' && p+1 < len(m.Pattern) && isDigit(m.Pattern[p+1]):
			s, p = m.again(s, m.Pattern[p+1]), p+2
		default:
			end := m.itemEnd(p)
			if end < len(m.Pattern) {
				switch m.Pattern[end] {
				case '?':
					if m.single(s, p, end) {
						if e := m.nested(s+1, end+1); e != None {
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
				return None
			}
			s, p = s+1, end
		}
		if s == None {
			return None
		}
	}
	return s
}

// is reports whether the pattern has this byte there.
func (m *Matcher) is(p int, c byte) bool { return p < len(m.Pattern) && m.Pattern[p] == c }

// most matches the item from p to end as often as possible, at least least times, and then the rest
// of the pattern.
func (m *Matcher) most(s, p, end, least int) int {
	n := 0
	for m.single(s+n, p, end) {
		m.Step(1)
		n++
	}
	for ; n >= least; n-- {
		if e := m.nested(s+n, end+1); e != None {
			return e
		}
	}
	return None
}

// fewest matches the item from p to end as seldom as possible, and then the rest of the pattern.
func (m *Matcher) fewest(s, p, end int) int {
	for {
		if e := m.nested(s, end+1); e != None {
			return e
		}
		if !m.single(s, p, end) {
			return None
		}
		s++
	}
}

// open begins a capture and matches the rest of the pattern.
func (m *Matcher) open(s, p, size int) int {
	if m.level == maxCaptures {
		m.Fail("too many captures")
	}
	m.captures[m.level] = capture{s, size}
	m.level++
	e := m.nested(s, p)
	if e == None {
		m.level--
	}
	return e
}

// close ends the innermost open capture and matches the rest of the pattern.
func (m *Matcher) close(s, p int) int {
	at := m.level - 1
	for at >= 0 && m.captures[at].size != unfinished {
		at--
	}
	if at < 0 {
		m.Fail("invalid pattern capture")
	}
	c := &m.captures[at]
	c.size = s - c.start
	e := m.nested(s, p)
	if e == None {
		c.size = unfinished
	}
	return e
}

// balanced is %bxy: from an x to the y that balances it.
func (m *Matcher) balanced(s, p int) int {
	if p+1 >= len(m.Pattern) {
		m.Fail("unbalanced pattern")
	}
	opening, closing := m.Pattern[p], m.Pattern[p+1]
	if s >= len(m.Text) || m.Text[s] != opening {
		return None
	}
	depth := 1
	for s++; s < len(m.Text); s++ {
		m.Step(1)
		switch m.Text[s] {
		case closing: // first, for the two may be the same
			if depth--; depth == 0 {
				return s + 1
			}
		case opening:
			depth++
		}
	}
	return None
}

// frontier is %f[set]: between a byte that is not in the set and one that is. Both ends of the
// string count as "\0".
func (m *Matcher) frontier(s, p int) (at, rest int) {
	if !m.is(p, '[') {
		m.Fail("missing '[' after '%f' in pattern")
	}
	end := m.itemEnd(p)
	var before, after byte
	if s > 0 {
		before = m.Text[s-1]
	}
	if s < len(m.Text) {
		after = m.Text[s]
	}
	if m.inSet(before, p, end) || !m.inSet(after, p, end) {
		return None, end
	}
	return s, end
}

// again is %1 to %9: the text of that capture again.
func (m *Matcher) again(s int, digit byte) int {
	i := int(digit) - '1'
	if i < 0 || i >= m.level || m.captures[i].size == unfinished {
		m.Fail("invalid capture index")
	}
	c := m.captures[i]
	if c.size == position {
		return None
	}
	m.Step(c.size / 16)
	if !strings.HasPrefix(m.Text[s:], m.Text[c.start:c.start+c.size]) {
		return None
	}
	return s + c.size
}
