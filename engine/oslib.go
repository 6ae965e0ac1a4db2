package engine

import (
	"fmt"
	"math"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// openOS offers the time functions, on the run's clock, and nothing else of os.
func (e *Engine) openOS() {
	e.define(e.library("os"),
		function{"clock", func(L *lua.LState) int {
			L.Push(lua.LNumber(e.Now().Seconds()))
			return 1
		}},
		function{"date", e.osDate},
		function{"difftime", func(L *lua.LState) int {
			L.Push(L.CheckNumber(1) - L.OptNumber(2, 0))
			return 1
		}},
		function{"time", e.osTime},
	)
}

// Date is the date and time of day that scripts see. Call it on the baton.
func (e *Engine) Date() time.Time { return e.start.Add(e.Now()) }

// osTime is os.time([table]), in whole seconds.
func (e *Engine) osTime(L *lua.LState) int {
	if L.GetTop() == 0 || L.Get(1) == lua.LNil {
		L.Push(lua.LNumber(e.Date().Unix()))
		return 1
	}
	t := L.CheckTable(1)
	field := func(name string, missing int) int {
		v := t.RawGetString(name)
		if s, ok := v.(lua.LString); ok {
			v = parseNumber(string(s))
		}
		n, ok := v.(lua.LNumber)
		if !ok && missing < 0 {
			L.RaiseError("field '%s' missing in date table", name)
		}
		if !ok {
			return missing
		}
		if math.Abs(float64(n)) > math.MaxInt32 {
			L.RaiseError("field '%s' is out of range", name)
		}
		return int(n)
	}
	at := time.Date(field("year", -1), time.Month(field("month", -1)), field("day", -1),
		field("hour", 12), field("min", 0), field("sec", 0), 0, e.start.Location())
	L.Push(lua.LNumber(at.Unix()))
	return 1
}

// osDate is os.date([format [, time]]).
func (e *Engine) osDate(L *lua.LState) int {
	format, at := L.OptString(1, "%c"), e.Date()
	if n := L.Get(2); n != lua.LNil {
		s := float64(L.CheckNumber(2))
		if !(math.Abs(s) < 1<<38) {
			L.ArgError(2, "time out of range")
		}
		at = time.Unix(int64(s), 0).In(e.start.Location())
	}
	if rest, utc := strings.CutPrefix(format, "!"); utc {
		format, at = rest, at.UTC()
	}
	if strings.HasPrefix(format, "*t") {
		L.Push(dateTable(L, at))
		return 1
	}
	L.Push(lua.LString(strftime(L, format, at)))
	return 1
}

func dateTable(L *lua.LState, at time.Time) *lua.LTable {
	t := L.NewTable()
	for _, f := range []struct {
		name string
		n    int
	}{
		{"year", at.Year()}, {"month", int(at.Month())}, {"day", at.Day()},
		{"hour", at.Hour()}, {"min", at.Minute()}, {"sec", at.Second()},
		{"wday", int(at.Weekday()) + 1}, {"yday", at.YearDay()},
	} {
		t.RawSetString(f.name, lua.LNumber(f.n))
	}
	t.RawSetString("isdst", lua.LBool(at.IsDST()))
	return t
}

// layouts are the conversions of C's strftime, in the C locale, that package time can say itself.
var layouts = map[byte]string{
	'a': "Mon", 'A': "Monday", 'b': "Jan", 'B': "January", 'h': "Jan", 'c': "Mon Jan _2 15:04:05 2006",
	'd': "02", 'D': "01/02/06", 'e': "_2", 'F': "2006-01-02", 'H': "15", 'I': "03", 'm': "01", 'M': "04",
	'p': "PM", 'r': "03:04:05 PM", 'R': "15:04", 'S': "05", 'T': "15:04:05", 'x': "01/02/06", 'X': "15:04:05",
	'y': "06", 'Y': "2006", 'z': "-0700", 'Z': "MST",
}

func strftime(L *lua.LState, format string, at time.Time) string {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if b.Len() > maxString {
			L.RaiseError("resulting string too large")
		}
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		i++
		c := format[i]
		if layout, ok := layouts[c]; ok {
			b.WriteString(at.Format(layout))
			continue
		}
		switch c {
		case '%':
			b.WriteByte('%')
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'j':
			fmt.Fprintf(&b, "%03d", at.YearDay())
		case 'w':
			b.WriteString(itoa(int(at.Weekday())))
		case 'u':
			b.WriteString(itoa((int(at.Weekday())+6)%7 + 1))
		case 'U':
			fmt.Fprintf(&b, "%02d", (at.YearDay()+6-int(at.Weekday()))/7)
		case 'V':
			_, week := at.ISOWeek()
			fmt.Fprintf(&b, "%02d", week)
		case 's':
			fmt.Fprintf(&b, "%d", at.Unix())
		default:
			L.RaiseError("invalid conversion '%%%c' in the format of 'date'", c)
		}
	}
	return b.String()
}
