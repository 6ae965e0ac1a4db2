package krpc

import (
	"errors"
	"fmt"
	"strconv"
)

// Limits of the scanner. They bound the work and the stack that any input can cost; honest messages
// stay far below them.
const (
	maxDepth = 32 // libtorrent's bdecode stops at 10; scripts may nest a little deeper
)

// ErrBencode is wrapped by every error about input that is not bencoded.
var ErrBencode = errors.New("not valid bencode")

func badBencode(at int, what string) error {
	return fmt.Errorf("krpc: %w: %s at byte %d", ErrBencode, what, at)
}

// CheckBencode reports whether b is exactly one bencoded value: strict about numbers (no leading
// zeros, no -0), lengths, depth and trailing bytes, lenient about the order of dictionary keys and
// repeated ones. It allocates only for the error.
func CheckBencode(b []byte) error {
	_, err := countKeys(b)
	return err
}

// countKeys is CheckBencode, and returns how many dictionary entries b has in all.
func countKeys(b []byte) (int, error) {
	s := scanner{b: b}
	if s.skip(); s.fault == nil && s.i != len(b) {
		return 0, badBencode(s.i, "trailing bytes")
	} else if s.fault != nil {
		return 0, badBencode(s.i, s.fault.what)
	}
	return s.keys, nil
}

// Canonical reports whether b, which must have passed [CheckBencode], also has all dictionary keys
// in ascending order without duplicates (BEP 5), as hashed and signed values must.
func Canonical(b []byte) bool { return canonicalWithin(b, 0) }

// canonicalWithin is Canonical for a value inside depth lists and dictionaries. b may be any bytes.
func canonicalWithin(b []byte, depth int) bool {
	s := scanner{b: b, depth: depth, sorted: true}
	s.skip()
	return s.fault == nil && s.i == len(b)
}

// fault is a constant description, so that refusing input allocates nothing.
type fault struct{ what string }

var (
	faultEnd    = &fault{"it ends too early"}
	faultDepth  = &fault{"nesting is too deep"}
	faultNumber = &fault{"a malformed number"}
	faultLength = &fault{"a malformed length"}
	faultBeyond = &fault{"a length beyond the end"}
	faultKind   = &fault{"no value starts here"}
	faultKey    = &fault{"a key that is not a string"}
	faultOrder  = &fault{"keys out of order"}
)

// scanner walks over bencoded bytes. After a fault it stays where it is and
// every further step does nothing, so callers check once, at the end.
type scanner struct {
	b      []byte
	i      int
	depth  int  // lists and dictionaries open at i
	keys   int  // dictionary entries passed over, by skip
	sorted bool // keys must ascend
	fault  *fault
}

func (s *scanner) fail(f *fault) {
	if s.fault == nil {
		s.fault = f
	}
}

// peek returns the byte that decides what comes next, 0 at the end.
func (s *scanner) peek() byte {
	if s.i >= len(s.b) || s.fault != nil {
		return 0
	}
	return s.b[s.i]
}

// str reads a string and returns it without copying.
func (s *scanner) str() []byte {
	if s.fault != nil {
		return nil
	}
	b, i, n := s.b, s.i, 0                              // in registers: this is where the time goes
	if i+1 < len(b) && b[i+1] == ':' && b[i]-'0' <= 9 { // most strings are short
		if end := i + 2 + int(b[i]-'0'); end <= len(b) {
			s.i = end
			return b[i+2 : end]
		}
	}
	for ; i < len(b) && b[i]-'0' <= 9; i++ {
		if n = 10*n + int(b[i]-'0'); n > len(b) {
			s.fail(faultBeyond) // before n can overflow
			return nil
		}
	}
	switch {
	case i >= len(b):
		s.fail(faultEnd)
		return nil
	case b[i] != ':' || i == s.i || b[s.i] == '0' && i > s.i+1:
		s.fail(faultLength) // includes a leading zero
		return nil
	}
	i++ // the colon
	if n > len(b)-i {
		s.fail(faultBeyond)
		return nil
	}
	s.i = i + n
	return b[i:s.i]
}

// num reads an integer. fits is false if it is well-formed but not an int64.
func (s *scanner) num() (v int64, fits bool) {
	if s.peek() != 'i' {
		s.fail(faultNumber)
		return 0, false
	}
	s.i++
	negative := s.peek() == '-'
	if negative {
		s.i++
	}
	start, fits := s.i, true
	for ; s.i < len(s.b) && s.b[s.i] != 'e'; s.i++ {
		c := s.b[s.i]
		if c < '0' || c > '9' || s.i > start && s.b[start] == '0' {
			s.fail(faultNumber)
			return 0, false
		}
		d := int64(c - '0')
		if v < (-1<<63+d)/10 { // counted downwards, where the range is larger by one
			fits = false
		} else {
			v = 10*v - d
		}
	}
	if s.i >= len(s.b) {
		s.fail(faultEnd)
		return 0, false
	}
	if s.i == start || negative && s.b[start] == '0' {
		s.fail(faultNumber)
		return 0, false
	}
	s.i++ // the e
	if !negative {
		if v == -1<<63 {
			fits = false
		}
		v = -v
	}
	return v, fits && s.fault == nil
}

// skip passes over one value of any kind. Its recursion is bounded by maxDepth.
func (s *scanner) skip() {
	switch c := s.peek(); {
	case s.fault != nil:
	case c >= '0' && c <= '9':
		s.str()
	case c == 'i':
		s.num()
	case c == 'l':
		for s.open(); s.more(); {
			s.skip()
		}
	case c == 'd':
		s.skipDict()
	case s.i >= len(s.b):
		s.fail(faultEnd)
	default:
		s.fail(faultKind)
	}
}

func (s *scanner) skipDict() {
	s.open()
	var last []byte
	for first := true; s.more(); first = false {
		key := s.key()
		s.keys++
		if s.sorted && !first && string(key) <= string(last) {
			s.fail(faultOrder)
		}
		last = key
		s.skip()
	}
}

// open steps into the list or dictionary that starts here. Too deep is a
// fault, which [scanner.more] reports as the end.
func (s *scanner) open() {
	if s.depth >= maxDepth {
		s.fail(faultDepth)
		return
	}
	s.depth++
	s.i++
}

// more reports whether the open list or dictionary has another element, and
// steps out of it if not.
func (s *scanner) more() bool {
	if s.fault != nil {
		return false
	}
	if s.i >= len(s.b) {
		s.fail(faultEnd)
		return false
	}
	if s.b[s.i] == 'e' {
		s.i++
		s.depth--
		return false
	}
	return true
}

// key reads the key of a dictionary entry.
func (s *scanner) key() []byte {
	if c := s.peek(); s.fault == nil && (c < '0' || c > '9') {
		s.fail(faultKey)
	}
	return s.str()
}

// value passes over one value and returns its bytes.
func (s *scanner) value() []byte {
	start := s.i
	s.skip()
	if s.fault != nil {
		return nil
	}
	return s.b[start:s.i]
}

// AppendString appends a bencoded string.
func AppendString[T []byte | string](b []byte, s T) []byte {
	b = strconv.AppendUint(b, uint64(len(s)), 10)
	b = append(b, ':')
	return append(b, s...)
}
