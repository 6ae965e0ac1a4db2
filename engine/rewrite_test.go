package engine

import (
	"fmt"
	"strings"
	"testing"
)

// A function with more constants than are compiled in reasonable time is refused, and the line is that of the first
// that is too much; those of the functions within it are their own.
func TestConstantsAreBounded(t *testing.T) {
	many := func(from, to int) string {
		var b strings.Builder
		for i := from; i < to; i++ {
			fmt.Fprintf(&b, "x.p%d = nil\n", i)
		}
		return b.String()
	}
	half := maxConstants / 2
	for source, want := range map[string]string{
		"local x = {}\n" + many(0, maxConstants+5):                                               fmt.Sprintf("s.lua:%d: a function can have 20000", maxConstants+1),
		"local x = {}\n" + many(0, half) + "local function f()\n" + many(half, 2*half-9) + "end": "",
	} {
		e, _ := newEngine(t, Options{Clock: NewVirtual()})
		_, err := e.Run(t.Context(), "s.lua", source)
		e.Close()
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
