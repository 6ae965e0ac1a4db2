package dht_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/dhttest"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
)

const pingQuery = "d1:ad" + theirID + "e1:q4:ping1:t2:aa1:y1:qe"

func TestHookDecidesWhatIsAnswered(t *testing.T) {
	for _, c := range []struct {
		name   string
		decide func(now dht.Time, q *dht.Incoming)
		want   string
	}{
		{"default", func(now dht.Time, q *dht.Incoming) { q.Default(now) }, "1:rd2:id20:our own id, 20 bytese"},
		{"reply", func(now dht.Time, q *dht.Incoming) { q.Reply(now, []byte("d1:xi7ee")) }, "1:rd2:id20:our own id, 20 bytes1:xi7ee"},
		{"refuse", func(now dht.Time, q *dht.Incoming) { q.Refuse(now, 202, "busy") }, "1:eli202e4:busye"},
		{"drop", func(_ dht.Time, q *dht.Incoming) { q.Drop() }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			var held *dht.Incoming
			b.node.SetHooks(dht.Hooks{Query: func(_ dht.Time, q *dht.Incoming) bool { held = q; return true }})
			if got := b.ask(pingQuery); got != "" {
				t.Fatalf("answered before the hook decided: %q", got)
			}
			c.decide(b.now, held)
			got := ""
			if len(b.sent) > 0 {
				got = string(b.sent[0])
			}
			if !strings.Contains(got, c.want) || (got == "") != (c.want == "") {
				t.Errorf("got %q, want %q in it", got, c.want)
			}
			if held.Default(b.now) || held.Drop() {
				t.Error("a query was ended twice")
			}
		})
	}
}

func TestHookThatMissesItsDeadline(t *testing.T) {
	b := newBench(t)
	b.node.SetHooks(dht.Hooks{Query: func(dht.Time, *dht.Incoming) bool { return true }})
	b.ask(pingQuery)
	next, ok := b.node.Next()
	if !ok || next > b.now.Add(time.Second) {
		t.Fatalf("Next: %v %v", next, ok)
	}
	b.node.Advance(b.now.Add(time.Second))
	if s := b.node.Stats(); s.RepliesOut != 1 || s.HooksMissed != 1 {
		t.Errorf("%d answers, %d missed; want the built-in answer, and the count", s.RepliesOut, s.HooksMissed)
	}
}

func TestHeldQueriesAreBounded(t *testing.T) {
	b := newBench(t)
	b.node.SetHooks(dht.Hooks{Query: func(dht.Time, *dht.Incoming) bool { return true }})
	answered := 0
	for range 1000 {
		if b.ask(pingQuery) != "" {
			answered++
		}
	}
	if answered != 1000-256 {
		t.Errorf("%d of 1000 got the built-in answer, want all but the 256 that are held", answered)
	}
}

func TestHooksThatWatch(t *testing.T) {
	b := newBench(t)
	var answered, heard, announced int
	b.node.SetHooks(dht.Hooks{
		Answered: func(_ dht.Time, from netip.AddrPort, m *krpc.Message, answer []byte) {
			if from != stranger || len(answer) == 0 || len(m.Method) == 0 {
				t.Errorf("answered: %v %q %q", from, m.Method, answer)
			}
			answered++
		},
		Heard: func(_ dht.Time, e table.Entry) {
			if e.Addr != stranger || e.Status != table.Unverified {
				t.Errorf("heard: %+v", e)
			}
			heard++
		},
		Announce: func(_ dht.Time, infoHash krpc.ID, from netip.AddrPort, port uint16) {
			if infoHash != krpc.ID([]byte("mnopqrstuvwxyz123456")) || from != stranger || port != 6881 {
				t.Errorf("announce: %v %v %d", infoHash, from, port)
			}
			announced++
		},
	})
	b.answers("d1:ad" + theirID + hash + "4:porti6881e5:token8:" + b.token() + "e1:q13:announce_peer1:t2:aa1:y1:qe")
	if answered != 2 || heard != 1 || announced != 1 {
		t.Errorf("answered %d, heard %d, announced %d; want 2, 1, 1", answered, heard, announced)
	}
}

// A hook may call any method of the node within its own call.
func TestHookMayCallTheNode(t *testing.T) {
	net := &dhttest.Net{Delay: time.Millisecond}
	server := net.Add(dht.Config{Addr: dhttest.Addr(0)}, 1)
	client := net.Add(dht.Config{Addr: dhttest.Addr(1)}, 2)
	server.SetHooks(dht.Hooks{Query: func(now dht.Time, q *dht.Incoming) bool {
		server.Query(now, krpc.Contact{Addr: q.From}, dht.Call{Method: "ping"}, func(now dht.Time, r dht.Reply) { q.Default(now) })
		return true
	}})
	r := query(t, net, client, krpc.Contact{Addr: dhttest.Addr(0)}, dht.Call{Method: "ping"})
	if r.Err != nil || r.RTT != 4*time.Millisecond {
		t.Errorf("%v after %v; want the answer after two round trips", r.Err, r.RTT)
	}
}

// A hook that watches may send a query at once; the answer leaves all the same.
func TestWatcherMayCallTheNode(t *testing.T) {
	b := newBench(t)
	b.node.SetHooks(dht.Hooks{Answered: func(now dht.Time, from netip.AddrPort, _ *krpc.Message, _ []byte) {
		b.node.Query(now, krpc.Contact{Addr: from}, dht.Call{Method: "get_peers"}, func(dht.Time, dht.Reply) {})
	}})
	for range 2 {
		b.node.Receive(b.now, stranger, []byte(pingQuery))
	}
	answers := 0
	for _, packet := range b.sent {
		if strings.HasSuffix(string(packet), "1:t2:aa1:y1:re") {
			answers++
		}
	}
	if len(b.sent) != 4 || answers != 2 {
		t.Errorf("sent %q, want two answers and two queries", b.sent)
	}
}
