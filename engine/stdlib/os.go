package stdlib

import (
	"math"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// openOS makes the time functions, on the clock of the run, and no other function of os.
func (l *Library) openOS(L *lua.LState) lua.LValue {
	lib := L.NewTable()
	define(L, lib,
		function{"clock", func(L *lua.LState) int {
			L.Push(lua.LNumber(l.host.Now().Seconds()))
			return 1
		}},
		function{"date", l.osDate},
		function{"difftime", func(L *lua.LState) int {
			L.Push(lua.LNumber(math.Trunc(lua51.Number(L, 1)) - math.Trunc(lua51.OptNumber(L, 2, 0)))) // times are whole seconds
			return 1
		}},
		function{"time", l.osTime},
	)
	return lib
}

// osTime is os.time([table]), in whole seconds.
func (l *Library) osTime(L *lua.LState) int {
	if L.Get(1) == lua.LNil {
		L.Push(lua.LNumber(l.host.Date().Unix()))
		return 1
	}
	t := lua51.Table(L, 1)
	sec, minute, hour := dateField(L, t, "sec", 0), dateField(L, t, "min", 0), dateField(L, t, "hour", 12)
	day, month, year := dateField(L, t, "day", -1), dateField(L, t, "month", -1), dateField(L, t, "year", -1)
	at := time.Date(year, time.Month(month), day, hour, minute, sec, 0, l.host.Date().Location())
	L.Push(lua.LNumber(at.Unix()))
	return 1
}

// dateField is a field of the table for os.time, or missing; if missing is below 0, the field is
// required.
func dateField(L *lua.LState, t *lua.LTable, name string, missing int) int {
	n, ok := lua51.NumberOf(L.GetField(t, name))
	if !ok && missing < 0 {
		lua51.Raise(L, "field '%s' missing in date table", name)
	}
	if !ok {
		return missing
	}
	if !(math.Abs(n) <= math.MaxInt32) {
		lua51.Raise(L, "field '%s' is out of range", name)
	}
	return int(n)
}

// osDate is os.date([format [, time]]).
func (l *Library) osDate(L *lua.LState) int {
	format, at := lua51.OptText(L, 1, "%c"), l.host.Date()
	if L.Get(2) != lua.LNil {
		s := lua51.Number(L, 2)
		if !(math.Abs(s) < 1<<38) {
			lua51.ArgError(L, 2, "time out of range")
		}
		at = time.Unix(int64(s), 0).In(l.host.Date().Location())
	}
	if rest, utc := strings.CutPrefix(format, "!"); utc {
		format, at = rest, at.In(greenwich)
	}
	if format == "*t" {
		L.Push(dateTable(L, at))
		return 1
	}
	L.Push(lua.LString(l.strftime(L, format, at)))
	return 1
}

// greenwich is UTC under the name that C has for it.
var greenwich = time.FixedZone("GMT", 0)

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
