package dht_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/dhttest"
	"github.com/lightdht/lightdht/dht/krpc"
)

// A raw datagram goes out as it is, and its answer is delivered as it is.
func TestRaw(t *testing.T) {
	net, nodes := swarm(t, 5, dht.FlatTable)
	send := func(packet string) (answer string, err error) {
		nodes[1].Query(net.Now(), krpc.Contact{Addr: dhttest.Addr(0)}, dht.Call{Raw: []byte(packet)}, func(_ dht.Time, r dht.Reply) {
			if err = r.Err; err == nil {
				answer = string(r.Message.Packet)
			}
		})
		net.Run(5 * time.Second)
		return answer, unwrap(err)
	}
	for _, c := range []struct{ name, packet, want string }{
		{"a short transaction id", "d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t1:a1:y1:qe", "1:t1:a"},
		{"unsorted", "d1:t2:zz1:q4:ping1:y1:q1:ad2:id20:abcdefghij0123456789ee", "1:t2:zz"},
		{"an error", "d1:ade1:q4:ping1:t2:aa1:y1:qe", "d1:eli203e"},
	} {
		if got, err := send(c.packet); err != nil || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
	if got, err := send("no message at all"); err != dht.ErrTimeout {
		t.Errorf("junk was answered with %q, %v", got, err)
	}
	// Whatever comes from there is the answer, also what is no message: how a node fails is what
	// such queries are for.
	var got string
	nodes[1].Query(net.Now(), krpc.Contact{Addr: dhttest.Addr(0)}, dht.Call{Raw: []byte("junk")}, func(_ dht.Time, r dht.Reply) { got = string(r.Message.Packet) })
	net.Run(time.Second)
	net.Post(dhttest.Addr(2), dhttest.Addr(1), []byte("from elsewhere"))
	net.Post(dhttest.Addr(0), dhttest.Addr(1), []byte("d1:rdee\r\n"))
	net.Run(4 * time.Second)
	if got != "d1:rdee\r\n" {
		t.Errorf("a broken answer came as %q", got)
	}
	// Meanwhile an ordinary query to the same node gets its own answer.
	var pinged bool
	nodes[1].Query(net.Now(), krpc.Contact{Addr: dhttest.Addr(0)}, dht.Call{Raw: []byte("junk")}, func(dht.Time, dht.Reply) {})
	nodes[1].Query(net.Now(), krpc.Contact{Addr: dhttest.Addr(0)}, dht.Call{Method: "ping"}, func(_ dht.Time, r dht.Reply) { pinged = r.Err == nil })
	net.Run(5 * time.Second)
	if !pinged {
		t.Error("the ping was not answered")
	}
	if e, ok := nodes[1].Table().Get(net.Now(), nodes[0].ID()); !ok || e.Failures != 0 {
		t.Errorf("the table counts failures of raw datagrams: %+v", e)
	}
}

func TestNoRawOnThePublicDHT(t *testing.T) {
	net, nodes := outside(t, 1, dht.Config{})
	var err error
	nodes[1].Query(net.Now(), krpc.Contact{Addr: public(0)}, dht.Call{Raw: []byte("d1:q4:pinge")}, func(_ dht.Time, r dht.Reply) { err = r.Err })
	net.Run(5 * time.Second)
	if unwrap(err) != dht.ErrRaw {
		t.Errorf("got %v, want ErrRaw", err)
	}
}
