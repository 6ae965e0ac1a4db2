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
	events []modelEvent
}

type modelEvent struct {
	event
	alarm bool
}

func (e modelEvent) moment() moment { return moment{e.at, e.key, e.alarm} }

func (m *model) arrive(at krpc.Time, key uint64, ref uint32) {
	m.events = append(m.events, modelEvent{event{at, key, ref}, false})
}

func (m *model) clear(number uint32) {
	m.events = slices.DeleteFunc(m.events, func(e modelEvent) bool { return e.alarm && e.ref == number })
}

func (m *model) set(number uint32, at krpc.Time, key uint64) {
	m.clear(number)
	m.events = append(m.events, modelEvent{event{at, key, number}, true})
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
	for n, op := range program {
		at, number := krpc.Time(src.Uint64()%16), uint32(src.Uint64()%alarms)
		switch op % 5 {
		case 0:
			key := src.Uint64()<<32 | uint64(n) // no two are the same
			q.arrive(at, key, number)
			m.arrive(at, key, number)
		case 1, 2:
			key := uint64(number) * 7 % alarms
			q.set(number, at, key)
			m.set(number, at, key)
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
	_, ok := q.first()
	return !ok
}

// sameNext takes the first event out of both.
func sameNext(q *queue, m *model) bool {
	first, ok := q.first()
	if len(m.events) == 0 {
		return !ok
	}
	slices.SortFunc(m.events, func(a, b modelEvent) int {
		if a.moment().before(b.moment()) {
			return -1
		}
		return 1
	})
	want := m.events[0]
	m.events = m.events[1:]
	if !ok || first != want.moment() {
		return false
	}
	e, alarm := q.next()
	return alarm == want.alarm && e == want.event
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
	for n := range uint64(100_000) {
		q.arrive(krpc.Time(src.Uint64()%1000), n, 0)
	}
	var last event
	for n := 0; ; n++ {
		if _, ok := q.first(); !ok {
			if n != 100_000 {
				t.Errorf("%d of 100,000 events came", n)
			}
			return
		}
		e, _ := q.next()
		if e.before(last) {
			t.Fatalf("%+v came after %+v", e, last)
		}
		last = e
	}
}
