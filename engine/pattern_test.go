package engine

import (
	"context"
	"testing"
	"time"
)

// A cancelled context and the limits end any pattern, and name the line.
func TestPatternsEnd(t *testing.T) {
	const hang = "local s = ('a'):rep(3000)\n"
	for _, call := range []string{
		"s:find('.-.-.-.-b')", "s:match('.-.-.-.-b')", "s:gsub('.-.-.-.-b', '')", "s:gmatch('.-.-.-.-b')()",
		"for _ in s:gmatch('.-.-.-.-b') do end", "pcall(s.find, s, ('a?'):rep(100) .. ('a'):rep(100) .. 'b')",
	} {
		e, _ := newEngine(t, Options{Clock: NewVirtual(), MaxBusy: 40 * time.Millisecond})
		_, err := e.Run(t.Context(), "s.lua", hang+call)
		if err == nil || err.Error() != "s.lua:2: over the limit of 40ms without a blocking call" {
			t.Errorf("%s: %v", call, err)
		}
		e.Close()
		e, _ = newEngine(t, Options{Clock: NewVirtual()})
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		if _, err := e.Run(ctx, "s.lua", hang+call); err == nil || err.Error() != "interrupted at s.lua:2" {
			t.Errorf("%s: %v", call, err)
		}
		cancel()
		e.Close()
	}
}
