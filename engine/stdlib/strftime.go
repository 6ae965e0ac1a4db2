package stdlib

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// layouts are the conversions of C's strftime, in the C locale, that package time has.
var layouts = map[byte]string{
	'a': "Mon", 'A': "Monday", 'b': "Jan", 'B': "January", 'h': "Jan",
	'd': "02", 'D': "01/02/06", 'e': "_2", 'H': "15", 'I': "03", 'm': "01", 'M': "04",
	'p': "PM", 'P': "pm", 'r': "03:04:05 PM", 'R': "15:04", 'S': "05", 'T': "15:04:05", 'x': "01/02/06", 'X': "15:04:05",
	'y': "06", 'z': "-0700", 'Z': "MST",
}

// computed are the conversions that package time does not have.
var computed = map[byte]func(at time.Time) string{
	'%': func(time.Time) string { return "%" },
	'n': func(time.Time) string { return "\n" },
	't': func(time.Time) string { return "\t" },
	'c': func(at time.Time) string { return at.Format("Mon Jan _2 15:04:05 ") + strconv.Itoa(at.Year()) },
	'C': func(at time.Time) string { return twoDigits(floorDiv(at.Year(), 100)) },
	'F': func(at time.Time) string { return strconv.Itoa(at.Year()) + at.Format("-01-02") },
	'g': func(at time.Time) string { return twoDigits(isoYear(at) - 100*floorDiv(isoYear(at), 100)) },
	'G': func(at time.Time) string { return strconv.Itoa(isoYear(at)) },
	'j': func(at time.Time) string { return fmt.Sprintf("%03d", at.YearDay()) },
	'k': func(at time.Time) string { return fmt.Sprintf("%2d", at.Hour()) },
	'l': func(at time.Time) string { return fmt.Sprintf("%2d", (at.Hour()+11)%12+1) },
	's': func(at time.Time) string { return fmt.Sprint(at.Unix()) },
	'u': func(at time.Time) string { return strconv.Itoa(sinceMonday(at) + 1) },
	'U': func(at time.Time) string { return twoDigits((at.YearDay() + 6 - int(at.Weekday())) / 7) },
	'V': func(at time.Time) string { _, week := at.ISOWeek(); return twoDigits(week) },
	'w': func(at time.Time) string { return strconv.Itoa(int(at.Weekday())) },
	'W': func(at time.Time) string { return twoDigits((at.YearDay() + 6 - sinceMonday(at)) / 7) },
	'Y': func(at time.Time) string { return strconv.Itoa(at.Year()) },
}

// mostOfField is about the most bytes that one conversion writes.
const mostOfField = 32

// strftime is C's. As in glibc, an unknown conversion stays as it is.
func (l *Library) strftime(L *lua.LState, format string, at time.Time) string {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		l.charge(2*mostOfField, 10)
		if b.Len() > maxString {
			lua51.Raise(L, "resulting string too large")
		}
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		i++
		if layout, ok := layouts[format[i]]; ok {
			b.WriteString(at.Format(layout))
		} else if f, ok := computed[format[i]]; ok {
			b.WriteString(f(at))
		} else {
			b.WriteString(format[i-1 : i+1])
		}
	}
	return b.String()
}

func isoYear(at time.Time) int {
	year, _ := at.ISOWeek()
	return year
}

func sinceMonday(at time.Time) int { return (int(at.Weekday()) + 6) % 7 }

func twoDigits(n int) string { return fmt.Sprintf("%02d", n) }

// floorDiv is n / d, rounded down.
func floorDiv(n, d int) int {
	q := n / d
	if n%d < 0 {
		q--
	}
	return q
}
