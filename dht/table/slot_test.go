package table

import (
	"reflect"
	"testing"
)

func TestSlotIsSmall(t *testing.T) {
	if n := reflect.TypeFor[slot]().Size(); n > 44 {
		t.Errorf("a slot takes %d bytes, more than 44", n)
	}
}

// The time of the last reply survives any number of later queries, as exactly as promised.
func TestLag(t *testing.T) {
	const reply = 1000 * 16
	for _, tt := range []struct{ later, early uint32 }{ // in ticks
		{0, 0}, {127, 0}, {31 * 16, 3}, {126 * 16, 15}, {34 * 60 * 16, 16*16 - 1}, {36 * 3600 * 16, 1024*16 - 1},
	} {
		for _, step := range []uint32{1, 7, 100, 1 << 30} {
			var s slot
			s.answered(reply, 0)
			for at := uint32(0); at < tt.later; {
				at = min(at+step, tt.later)
				s.queried(reply + at)
			}
			if got := s.reply(); got > reply || got < reply-min(tt.early, reply-1) {
				t.Errorf("%d later, in steps of %d: %d, want %d and at most %d less", tt.later, step, got, reply, tt.early)
			}
			if s.seen != reply+tt.later || s.streak() != 0 || s.is(asked|wanted|wide) {
				t.Errorf("%d later: seen %d, flags %b", tt.later, s.seen, s.flags)
			}
		}
	}
}

func TestLagAtItsEnds(t *testing.T) {
	var s slot
	if s.queried(5); s.reply() != 0 {
		t.Errorf("the last reply was at %d although there was none", s.reply())
	}
	s.answered(10, 0)
	if s.queried(4); s.reply() != 4 { // the clock was put back
		t.Errorf("the last reply was at %d, seen at 4", s.reply())
	}
	if s.queried(^uint32(0)); s.reply() == 0 || ^uint32(0)-s.reply() < 36*3600*16 {
		t.Errorf("the last reply was at %d, long ago", s.reply())
	}
}

// Queries are never fewer than replies, nor than failures, and stop at their most.
func TestQueriesOfSlot(t *testing.T) {
	src := source(1)
	for range 200 {
		var s slot
		var queries, replies, failures uint32
		for range 100 {
			switch src.IntN(3) {
			case 0:
				s.ask()
				queries++
			case 1:
				s.answered(1, 0)
				replies++
				queries = max(queries, replies)
			case 2:
				s.silent()
				failures++
				queries = max(queries, failures)
			}
			if s.queries() != queries {
				t.Fatalf("%d queries, want %d; %d replies, %d failures", s.queries(), queries, replies, failures)
			}
		}
	}
	var s slot
	for range 1 << 17 {
		s.ask()
		s.answered(1, 0)
	}
	if s.queries() != 1<<16-1 || s.replies != 1<<16-1 {
		t.Errorf("%d queries, %d replies", s.queries(), s.replies)
	}
	for range 1000 {
		s.silent()
	}
	for range 1000 {
		s.answered(1, 0)
	}
	if s.queries() < uint32(s.failures) || s.open != -128 {
		t.Errorf("%d queries, %d failures, %d open", s.queries(), s.failures, s.open)
	}
}
