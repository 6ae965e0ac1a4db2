package stdlib

import (
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// stringFormat is string.format as in Lua 5.1.
func (l *Library) stringFormat(L *lua.LState) int {
	f := formatter{library: l, L: L, rest: lua51.Text(L, 1), arg: 1}
	for f.rest != "" {
		text, _, found := strings.Cut(f.rest, "%")
		f.makeRoom(len(text))
		f.out = append(f.out, text...)
		f.rest = f.rest[len(text):]
		if found {
			f.rest = f.rest[1:]
			f.directive()
		}
		f.makeRoom(0)
	}
	L.Push(lua.LString(f.out))
	return 1
}

// formatter is the state of one call of string.format.
type formatter struct {
	library *Library
	L       *lua.LState
	rest    string // of the format
	arg     int    // the last argument used
	out     []byte
}

// makeRoom charges for n more bytes, and raises an error if the result becomes too long.
func (f *formatter) makeRoom(n int) {
	if len(f.out)+n > maxString {
		lua51.Raise(f.L, "resulting string too large")
	}
	f.library.charge(2*n, 0) // the text grows, and is copied at the end
}

// spec is the part of a directive between "%" and the letter.
type spec struct {
	left, plus, space, alt, zero bool
	width                        int
	precision                    int // -1: none
}

// directive formats the directive after a "%".
func (f *formatter) directive() {
	if strings.HasPrefix(f.rest, "%") {
		f.out = append(f.out, '%')
		f.rest = f.rest[1:]
		return
	}
	f.arg++
	if f.arg > f.L.GetTop() {
		lua51.ArgError(f.L, f.arg, "no value")
	}
	s := f.spec()
	if f.rest == "" {
		lua51.Raise(f.L, "%s", "invalid option '%' to 'format'")
	}
	c := f.rest[0]
	f.rest = f.rest[1:]
	if strings.IndexByte("cdiuoxXeEfgGqs", c) < 0 {
		lua51.Raise(f.L, "%s", "invalid option '%"+string([]byte{c})+"' to 'format'")
	}
	switch c {
	case 'c':
		f.pad(s, "", string([]byte{byte(truncate(lua51.Number(f.L, f.arg)))}), false)
	case 'd', 'i':
		f.integer(s)
	case 'u', 'o', 'x', 'X':
		f.unsigned(s, c)
	case 'e', 'E', 'f', 'g', 'G':
		f.float(s, c)
	case 'q':
		quoted := lua51.Text(f.L, f.arg)
		f.makeRoom(quotedLen(quoted))
		f.out = appendQuoted(f.out, quoted)
	case 's':
		text := f.library.ToString(f.L, f.L.Get(f.arg))
		if s.precision >= 0 && s.precision < len(text) {
			text = text[:s.precision]
		}
		f.makeRoom(len(text))
		f.pad(s, "", text, false)
	}
}

// maxFlags is the most flags that Lua 5.1 accepts; repeated flags have no effect.
const maxFlags = 5

// spec reads flags, width and precision.
func (f *formatter) spec() spec {
	s := spec{precision: -1}
	flags := len(f.rest)
	for f.rest != "" && strings.IndexByte("-+ #0", f.rest[0]) >= 0 {
		switch f.rest[0] {
		case '-':
			s.left = true
		case '+':
			s.plus = true
		case ' ':
			s.space = true
		case '#':
			s.alt = true
		case '0':
			s.zero = true
		}
		f.rest = f.rest[1:]
	}
	if flags-len(f.rest) > maxFlags {
		lua51.Raise(f.L, "invalid format (repeated flags)")
	}
	s.width = f.twoDigits()
	if strings.HasPrefix(f.rest, ".") {
		f.rest = f.rest[1:]
		s.precision = f.twoDigits()
	}
	if f.rest != "" && isDigit(f.rest[0]) {
		lua51.Raise(f.L, "invalid format (width or precision too long)")
	}
	return s
}

// twoDigits reads a number of at most two digits.
func (f *formatter) twoDigits() (n int) {
	for digits := 0; digits < 2 && f.rest != "" && isDigit(f.rest[0]); digits++ {
		n = n*10 + int(f.rest[0]-'0')
		f.rest = f.rest[1:]
	}
	return n
}

// pad appends sign and text, filled up to the width.
func (f *formatter) pad(s spec, sign, text string, zeros bool) {
	fill := s.width - len(sign) - len(text)
	if fill <= 0 {
		f.out = append(append(f.out, sign...), text...)
		return
	}
	switch {
	case s.left:
		f.out = append(append(f.out, sign...), text...)
		f.out = append(f.out, strings.Repeat(" ", fill)...)
	case zeros && s.zero:
		f.out = append(append(f.out, sign...), strings.Repeat("0", fill)...)
		f.out = append(f.out, text...)
	default:
		f.out = append(f.out, strings.Repeat(" ", fill)...)
		f.out = append(append(f.out, sign...), text...)
	}
}

func (s spec) sign(negative bool) string {
	switch {
	case negative:
		return "-"
	case s.plus:
		return "+"
	case s.space:
		return " "
	}
	return ""
}

// integer is %d: the number without its fraction.
func (f *formatter) integer(s spec) {
	n := truncate(lua51.Number(f.L, f.arg))
	text := strconv.FormatInt(n, 10)
	text, negative := strings.CutPrefix(text, "-")
	f.digits(s, s.sign(negative), text)
}

func (f *formatter) unsigned(s spec, c byte) {
	x := lua51.Number(f.L, f.arg)
	n := uint64(truncate(x))
	switch {
	case x >= math.MaxUint64:
		n = 0
	case x >= math.MaxInt64:
		n = uint64(x)
	}
	prefix, text := "", ""
	switch c {
	case 'u':
		text = strconv.FormatUint(n, 10)
	case 'o':
		text = strconv.FormatUint(n, 8)
		if s.alt && n != 0 {
			text = "0" + text
		}
	case 'x':
		text, prefix = strconv.FormatUint(n, 16), "0x"
	case 'X':
		text, prefix = strings.ToUpper(strconv.FormatUint(n, 16)), "0X"
	}
	if !s.alt || n == 0 {
		prefix = ""
	}
	f.digits(s, prefix, text)
}

// digits appends an integer. A precision is the least number of digits and turns the zero flag off.
func (f *formatter) digits(s spec, sign, text string) {
	if s.precision == 0 && text == "0" {
		text = ""
	}
	if len(text) < s.precision {
		text = strings.Repeat("0", s.precision-len(text)) + text
	}
	f.pad(s, sign, text, s.precision < 0)
}

// truncate is the number without its fraction. A number beyond 64 bits becomes the least int64, as
// in Lua 5.1 on x86-64.
func truncate(x float64) int64 {
	if x > math.MinInt64 && x < math.MaxInt64 {
		return int64(x)
	}
	return math.MinInt64
}

func (f *formatter) float(s spec, c byte) {
	x := lua51.Number(f.L, f.arg)
	sign := s.sign(math.Signbit(x) && !math.IsNaN(x))
	x = math.Abs(x)
	if math.IsInf(x, 0) || math.IsNaN(x) {
		text := "inf"
		if math.IsNaN(x) {
			text = "nan"
		}
		if c == 'E' || c == 'G' {
			text = strings.ToUpper(text)
		}
		f.pad(s, sign, text, false)
		return
	}
	precision := s.precision
	if precision < 0 {
		precision = 6
	}
	text := ""
	switch c {
	case 'g', 'G':
		text = lua51.FormatG(x, precision, s.alt)
		if c == 'G' {
			text = strings.ToUpper(text)
		}
	default:
		text = strconv.FormatFloat(x, c, precision, 64)
		if s.alt && precision == 0 {
			text = lua51.PointBeforeExponent(text)
		}
	}
	f.pad(s, sign, text, true)
}

// quotedLen is the length of a text in the form of %q.
func quotedLen(s string) int {
	n := len(s) + 2
	for i := range len(s) {
		switch s[i] {
		case '"', '\\', '\n', '\r':
			n++
		case 0:
			n += 3
		}
	}
	return n
}

// appendQuoted is %q: text that Lua reads back as the same string.
func appendQuoted(out []byte, s string) []byte {
	out = append(out, '"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\', '\n':
			out = append(out, '\\', c)
		case '\r':
			out = append(out, `\r`...)
		case 0:
			out = append(out, `\000`...)
		default:
			out = append(out, c)
		}
	}
	return append(out, '"')
}
