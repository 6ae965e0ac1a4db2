package table

import (
	"slices"
	"testing"

	"github.com/lightdht/lightdht/dht/krpc"
)

// A table that was filled must be the one that hears the answers one by one.
func TestFillIsAnswered(t *testing.T) {
	for _, cfg := range []Config{{}, {K: 3}, {Diverse: true}} {
		src := source(1)
		own := krpc.RandomID(src)
		filled, told := NewBuckets(own, cfg), NewBuckets(own, cfg)
		var met []Entry
		for i := range 300 { // more than find a place, near ones and far ones mixed
			e := Entry{Contact: number(i, src), LastReply: krpc.Time(i+1) * 1e9, RTT: 1e8, Version: "LD\x00\x01"}
			e.ID = e.ID.WithPrefix(own, i%20)
			met = append(met, e)
		}
		met = append(met, Entry{Contact: krpc.Contact{ID: own, Addr: met[0].Addr}}) // of no use
		var room Arena
		filled.Fill(met, &room)
		NewBuckets(own, cfg).Fill(met, &room) // another table of the same arena, which must not interfere
		for i := range met {
			told.Answered(met[i].LastReply, met[i].Contact, met[i].RTT, []byte(met[i].Version))
		}
		const now = 400e9
		checkBuckets(t, filled, now)
		if a, b := filled.from(now, 0), told.from(now, 0); !slices.EqualFunc(a, b, func(x, y Entry) bool {
			x.Others, y.Others = nil, nil
			return x.Contact == y.Contact && x.Seq == y.Seq && x.RTT == y.RTT && x.LastReply == y.LastReply && x.Version == y.Version
		}) || len(a) < 2 {
			t.Errorf("%+v: filled with\n%v\nbut told of\n%v", cfg, a, b)
		}
		if at, ok := filled.Next(); !ok || at != met[0].LastReply.Add(GoodFor) { // no bucket is new
			t.Errorf("%+v: next at %v, %v", cfg, at, ok)
		}
		for i := range told.spans {
			if filled.spans[i].n != told.spans[i].n || filled.spans[i].touched != told.spans[i].touched {
				t.Errorf("%+v: bucket %d is %+v, want %+v", cfg, i, filled.spans[i], told.spans[i])
			}
		}
	}
}
