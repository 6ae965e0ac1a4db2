package sim

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/quick"

	"github.com/lightdht/lightdht/dht/krpc"
)

// model is the queue as a plain list, sorted whenever something is taken out.
type model struct {
	seq    uint64
	events []modelEvent
}

type modelEvent struct {
	event
	alarm bool
}

func (m *model) add(at krpc.Time, ref uint32, alarm bool) {
	m.seq++
	m.events = append(m.events, modelEvent{event{at, m.seq, ref}, alarm})
}

func (m *model) clear(number uint32) {
	m.events = slices.DeleteFunc(m.events, func(e modelEvent) bool { return e.alarm && e.ref == number })
}

func (m *model) set(number uint32, at krpc.Time) {
	if slices.ContainsFunc(m.events, func(e modelEvent) bool { return e.alarm && e.ref == number && e.at == at }) {
		return
	}
	m.clear(number)
	m.add(at, number, true)
}

func (m *model) next() (modelEvent, bool) {
	if len(m.events) == 0 {
		return modelEvent{}, false
	}
	slices.SortFunc(m.events, func(a, b modelEvent) int {
		if a.before(b.event) {
			return -1
		}
		return 1
	})
	first := m.events[0]
	m.events = m.events[1:]
	return first, true
}

// agree runs the queue and the model side by side and reports whether they
// always say the same. Each byte of program is one operation.
func agree(program []byte, src *rand.PCG) bool {
	const alarms = 3 * ahead
	var q queue
	var m model
	for range alarms {
		q.newAlarm()
	}
	for _, op := range program {
		at, number := krpc.Time(src.Uint64()%16), uint32(src.Uint64()%alarms)
		switch op % 5 {
		case 0:
			q.arrive(at, number)
			m.add(at, number, false)
		case 1, 2:
			q.set(number, at)
			m.set(number, at)
		case 3:
			q.clear(number)
			m.clear(number)
		case 4:
			if !sameNext(&q, &m) {
				return false
			}
		}
	}
	for len(m.events) > 0 {
		if !sameNext(&q, &m) {
			return false
		}
	}
	_, _, ok := q.next()
	return !ok
}

func sameNext(q *queue, m *model) bool {
	e, alarm, ok := q.next()
	want, wantOK := m.next()
	return ok == wantOK && (!ok || alarm == want.alarm && e == want.event)
}

func TestQueueAgainstSorting(t *testing.T) {
	seed := uint64(0)
	f := func(program []byte) bool {
		seed++
		return agree(bytes.Repeat(program, 6), rand.NewPCG(seed, 0)) // long enough for many to be queued
	}
	if err := quick.Check(f, &quick.Config{MaxCount: 2000, Rand: nil}); err != nil {
		t.Error(err)
	}
}

func FuzzQueue(f *testing.F) {
	f.Add([]byte{0, 0, 1, 1, 4, 3, 4, 4}, uint64(1))
	f.Add([]byte{1, 1, 1, 1, 1, 1, 3, 3, 4, 0, 4, 2, 2, 4}, uint64(2))
	f.Fuzz(func(t *testing.T, program []byte, seed uint64) {
		if !agree(program[:min(len(program), 4096)], rand.NewPCG(seed, 1)) {
			t.Error("queue and model disagree")
		}
	})
}

func TestManyEventsComeInOrder(t *testing.T) {
	src := rand.NewPCG(1, 1)
	var q queue
	for range 100_000 {
		q.arrive(krpc.Time(src.Uint64()%1000), 0)
	}
	var last event
	for n := 0; ; n++ {
		e, _, ok := q.next()
		if !ok {
			if n != 100_000 {
				t.Errorf("%d of 100,000 events came", n)
			}
			return
		}
		if e.before(last) {
			t.Fatalf("%+v came after %+v", e, last)
		}
		last = e
	}
}
