package table

import (
	"bytes"
	"encoding/binary"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// FuzzDecode checks that Decode never panics, and that Encode and Decode preserve all that it
// accepts.
func FuzzDecode(f *testing.F) {
	const head = `{"format":"lightdht table","version":1}` + "\n"
	f.Add([]byte(head))
	f.Add([]byte(head + `{"id":"4000000000000000000000000000000000000000","addr":"10.0.0.64:6881","version":"0x4c","rtt":0.5,"last_seen":-1.25}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		all, err := decode(bytes.NewReader(raw))
		if err != nil && !strings.HasPrefix(err.Error(), "table: line ") {
			t.Fatalf("an error of another kind: %v", err)
		}
		for i := range all {
			if all[i].Replies == 0 {
				all[i].LastReply = 0 // it means nothing, and is not saved
			}
		}
		var buf bytes.Buffer
		if err := Encode(&buf, slices.Values(all)); err != nil {
			t.Fatal(err)
		}
		again, err := decode(&buf)
		if err != nil || !reflect.DeepEqual(all, again) {
			t.Fatalf("%v\n%+v\nagain\n%+v", err, all, again)
		}
		for _, table := range []both{NewFlat(own, Config{}), NewBuckets(own, Config{})} {
			for _, e := range all {
				table.Restore(1, e)
			}
			if got := table.Serve(1, own, 8, nil); len(got) != 0 {
				t.Fatalf("a restored contact is served: %v", got)
			}
		}
	})
}

// FuzzTable plays arbitrary events on both tables, and checks their invariants and promises after
// each.
func FuzzTable(f *testing.F) {
	f.Add([]byte("\x00\x81\x22\x03\x44\x05\x26\x87\x28"), false)
	f.Add([]byte("\x02\x81\x07\x1c\x42\x03\x41\x05\x04\xf3\xff\xff"), true)
	f.Fuzz(func(t *testing.T, script []byte, diverse bool) {
		play(t, script[:min(len(script), 300)], diverse)
	})
}

// TestLongScripts does what FuzzTable does, on long scripts.
func TestTableUnderRandomEvents(t *testing.T) {
	for seed := range uint64(6) {
		src, script := source(seed), make([]byte, 3000)
		for i := range script {
			script[i] = byte(src.Uint64())
		}
		play(t, script, seed%2 == 0)
	}
}

func play(t *testing.T, script []byte, diverse bool) {
	cfg := Config{K: 2, Diverse: diverse}
	if diverse {
		cfg.Limit = 60
	}
	w := &world{now: 1e9, answered: map[krpc.ID]bool{}, src: source(1)}
	w.flat, w.buckets = NewFlat(own, cfg), NewBuckets(own, cfg)
	for i := 0; len(script) >= 3; i++ {
		w.step(script[0], script[1], script[2])
		script = script[3:]
		if i%8 == 0 || len(script) < 3 { // checking is slower than playing
			w.checkAll(t)
		}
	}
}

// world is the pair of tables under test and what is true of their nodes.
type world struct {
	flat     *Flat
	buckets  *Buckets
	now      krpc.Time
	src      krpc.Source
	answered map[krpc.ID]bool
}

func (w *world) step(what, who, where byte) {
	c := krpc.Contact{ID: own.Flip(int(who) % 24).Flip(153 + int(who)%7), Addr: node(where % 32).Addr}
	if who < 8 {
		c.ID = own // and others that must not be inserted
	}
	if where%4 == 1 { // public addresses, and IPv6
		c.Addr = moved(c, []string{"8.8.8.8:1", "8.8.8.9:2", "[2001:470::1]:1", "[2001:470::2]:1"}[where>>6]).Addr
	}
	for _, table := range []both{w.flat, w.buckets} {
		switch what % 8 {
		case 0:
			table.Heard(w.now, c)
		case 1, 2:
			table.Queried(w.now, c, []byte{what, who})
		case 3, 4:
			w.answered[c.ID] = true
			table.Answered(w.now, c, time.Duration(where)*time.Millisecond, []byte{where})
		case 5:
			table.Asked(w.now, c)
		case 6:
			table.Silent(w.now, c)
		case 7:
			if who%16 == 0 {
				table.Remove(c.ID)
			} else if who%16 == 1 {
				table.Restore(w.now, Entry{Contact: c, Queries: 6, Replies: 5, LastReply: w.now})
			}
		}
	}
	if what >= 0xf0 {
		w.now = w.now.Add(time.Duration(binary.BigEndian.Uint16([]byte{who, where})) * time.Second / 16)
		w.work(w.flat)
		w.work(w.buckets)
	}
}

func (w *world) checkAll(t *testing.T) {
	t.Helper()
	checkBuckets(t, w.buckets, w.now)
	checkBuckets(t, w.flat.routes, w.now)
	checkFlat(t, w.flat)
	w.check(t, w.flat)
	w.check(t, w.buckets)
}

// work does what is due; half of the nodes answer.
func (w *world) work(table both) {
	for {
		job, ok := table.Due(w.now, w.src)
		if !ok {
			return
		}
		if job.Refresh.IsZero() {
			table.Asked(w.now, job.Ping)
			if w.src.Uint64()%2 == 0 {
				w.answered[job.Ping.ID] = true
				table.Answered(w.now, job.Ping, 0, nil)
			} else {
				table.Silent(w.now, job.Ping)
			}
		}
	}
}

// check checks what the methods of a table promise.
func (w *world) check(t *testing.T, table both) {
	t.Helper()
	all := table.Nearest(w.now, own, 1000)
	page, next := table.Page(w.now, 0, make([]Entry, 0, 1000))
	if len(all) != table.Len() || len(page) != len(all) || next != table.End() {
		t.Fatalf("%d known, %d nearest, %d on the page to %d of %d", table.Len(), len(all), len(page), next, table.End())
	}
	near := map[krpc.ID]Entry{}
	for _, e := range all {
		near[e.ID] = e
	}
	for i, e := range page {
		got, ok := table.Get(w.now, e.ID)
		if !ok || !reflect.DeepEqual(got, e) || !reflect.DeepEqual(near[e.ID], e) {
			t.Fatalf("%+v on the page is %+v, %v", e, got, ok)
		}
		if i > 0 && e.Seq <= page[i-1].Seq || !usable(&own, &e.Contact) {
			t.Fatalf("entry %d: %+v after %+v", i, e, page[max(i-1, 0)])
		}
		if e.FirstSeen > e.LastSeen || e.LastSeen > w.now || e.Replies > e.Queries || e.Failures > e.Queries {
			t.Fatalf("contradictory: %+v at %d", e, w.now)
		}
	}
	for _, c := range table.Serve(w.now, own, 8, nil) {
		if e, ok := table.Get(w.now, c.ID); ok && (e.Status != Good || e.Addr != c.Addr) && w.flat.Refused() == 0 || !w.answered[c.ID] {
			t.Fatalf("served %v, which is %+v", c, e)
		}
	}
	for _, c := range table.Closest(w.now, own, 8, nil) {
		if e, _ := table.Get(w.now, c.ID); e.Status == Bad || e.Addr != c.Addr {
			t.Fatalf("to be asked: %v, which is %+v", c, e)
		}
	}
}

func checkFlat(t *testing.T, f *Flat) {
	t.Helper()
	if f.Len() > f.limit || f.records.n-f.gone != f.Len() || f.gone > f.Len()+chunkSize {
		t.Fatalf("%d records, %d gone, limit %d", f.records.n, f.gone, f.limit)
	}
	for id, others := range f.others {
		e, ok := f.Get(1, id)
		if !ok || len(others) > maxOthers || slices.Contains(others, e.Addr) {
			t.Fatalf("others of %+v, %v: %v", e, ok, others)
		}
	}
}

// checkBuckets checks the invariants of Buckets, and that no upkeep is planned late.
func checkBuckets(t *testing.T, b *Buckets, now krpc.Time) {
	t.Helper()
	if len(b.spans) > maxBuckets || b.replacements.len() > maxWaiting {
		t.Fatalf("%d buckets, %d wait", len(b.spans), b.replacements.len())
	}
	from := 0
	for i, sp := range b.spans {
		if sp.n > b.k {
			t.Fatalf("bucket %d holds %d", i, sp.n)
		}
		if int(sp.from) != from {
			t.Fatalf("bucket %d begins at %d, not %d", i, sp.from, from)
		}
		for j := range b.in(i) {
			s := &b.members.slots[from+j]
			if b.bucket(&s.id) != i || !s.is(replied) {
				t.Fatalf("%v in bucket %d, last reply %d", s.id, i, s.reply())
			}
			if sp.sound != 0 && (s.seen < sp.sound || s.streak() >= BadAfter) {
				t.Fatalf("bucket %d is sound since %d, but %v is not", i, sp.sound, b.entry(now, s))
			}
			if s.streak() == 0 && !s.is(asked) && s.seen < sp.idle {
				t.Fatalf("bucket %d is idle since %d, but %v is longer", i, sp.idle, b.entry(now, s))
			}
		}
		from += int(sp.n)
	}
	if from != b.members.len() {
		t.Fatalf("%d in buckets, %d members", from, b.members.len())
	}
	for _, l := range []slotList{b.members, b.replacements} {
		for i := range l.slots {
			if s := &l.slots[i]; l.idTags()[i] != idTag(&s.id) || l.hostTags()[i] != hostTag(b.addr(s)) {
				t.Fatalf("%v has another's tag", b.contact(&l.slots[i]))
			}
		}
	}
	ids, addrs, births, wides := map[krpc.ID]bool{}, map[any]bool{}, map[uint64]bool{}, 0
	for i, s := range slices.Concat(b.members.slots, b.replacements.slots) {
		if ids[s.id] || births[s.born()] || s.born() > b.newest || i < b.members.len() && addrs[b.addr(&s)] {
			t.Fatalf("%v is there twice", b.contact(&s))
		}
		ids[s.id], births[s.born()], addrs[b.addr(&s)] = true, true, true
		if s.is(wide) {
			wides++
		}
	}
	if b.wide != nil {
		for _, ip := range *b.wide {
			if ip != [16]byte{} {
				wides--
			}
		}
	}
	if wides != 0 {
		t.Fatalf("%d IPv6 addresses are without an entry, or lost", wides)
	}
	u := b.upkeep
	if s, at := b.nextCandidate(now); s != nil && (!u.awake || u.wake > max(at, now)) {
		t.Fatalf("a ping due at %v is planned for %v, %v (now %v)", at, u.wake, u.awake, now)
	}
	if c, at := b.nextTask(); c.any() && (!u.awake || u.wake > max(at, now)) {
		t.Fatalf("a chore due at %v is planned for %v, %v (now %v)", at, u.wake, u.awake, now)
	}
}
