package dht_test

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/dhttest"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
)

// asks sends a ping to c and feeds the node the answer that make builds of the
// transaction id.
func (b *bench) asks(c krpc.Contact, make func(tx []byte) []byte) (err error) {
	b.t.Helper()
	b.sent = nil
	b.node.Query(b.now, c, dht.Call{Method: "ping"}, func(_ dht.Time, r dht.Reply) { err = r.Err })
	var m krpc.Message
	if parsed := m.Parse(b.sent[0]); parsed != nil {
		b.t.Fatal(parsed)
	}
	b.node.Receive(b.now, c.Addr, make(m.Tx))
	return err
}

// A node that answers under another id than expected may be a liar: it is not noted under that id,
// and the node that was asked is not there.
func TestAnotherNodeAnswers(t *testing.T) {
	b := newBench(t)
	old, new := krpc.Contact{ID: krpc.ID{1}, Addr: stranger}, krpc.Contact{ID: krpc.ID{2}, Addr: stranger}
	b.node.Table().Answered(b.now, old, time.Second, nil)
	if err := b.asks(old, func(tx []byte) []byte { return (&krpc.Response{Tx: tx, ID: new.ID}).Append(nil) }); err != nil {
		t.Error(err)
	}
	was, _ := b.node.Table().Get(b.now, old.ID)
	if is, heard := b.node.Table().Get(b.now, new.ID); was.Failures != 1 || heard {
		t.Errorf("who was asked: %+v; who answered: %v %+v", was, heard, is)
	}
}

// No other node has our id, and no node has the id zero.
func TestAnswersUnderImpossibleIDs(t *testing.T) {
	for _, id := range []krpc.ID{krpc.ID([]byte("our own id, 20 bytes")), {}} {
		b := newBench(t)
		asked := krpc.Contact{ID: krpc.ID{1}, Addr: stranger}
		b.node.Table().Heard(b.now, asked)
		err := b.asks(asked, func(tx []byte) []byte { return (&krpc.Response{Tx: tx, ID: id}).Append(nil) })
		e, _ := b.node.Table().Get(b.now, asked.ID)
		if !errors.Is(err, dht.ErrMalformed) || e.Failures != 1 || b.node.Table().Len() != 1 || b.node.Stats().Malformed != 1 {
			t.Errorf("%v: %v, %+v", id, err, e)
		}
	}
}

// An error that names the node, as libtorrent's do, is a sign of life; any other is not,
// nor is that of another node.
func TestErrorsThatNameTheNode(t *testing.T) {
	for body, alive := range map[string]bool{
		"1:rd2:id20:abcdefghij0123456789e": true,
		"1:rd2:id20:abcdefghij012345678Xe": false,
		"1:rde":                            false,
		"":                                 false,
	} {
		b := newBench(t)
		asked := krpc.Contact{ID: krpc.ID([]byte("abcdefghij0123456789")), Addr: stranger}
		b.node.Table().Heard(b.now, asked)
		err := b.asks(asked, func(tx []byte) []byte { return []byte("d1:eli202e4:ouche" + body + "1:t4:" + string(tx) + "1:y1:ee") })
		var remote *krpc.Error
		e, _ := b.node.Table().Get(b.now, asked.ID)
		if !errors.As(err, &remote) || remote.Code != 202 || (e.Status == table.Good) != alive || (e.Failures == 1) == alive {
			t.Errorf("%q: %v, %+v", body, err, e)
		}
	}
}

// A node with an empty table asks the bootstrap addresses, also without having been told to join.
func TestSearchBeforeJoining(t *testing.T) {
	net, nodes := swarm(t, 12, dht.BucketsTable)
	n := net.Add(dht.Config{Addr: dhttest.Addr(50), Bootstrap: []netip.AddrPort{nodes[0].Addr()}}, 50)
	r := search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
		n.FindNode(now, krpc.ID{1}, dht.SearchConfig{}, done)
	})
	if r.Err != nil || len(r.Closest) != 8 {
		t.Errorf("%d found, %v", len(r.Closest), r.Err)
	}
}

// A contact at our own address is not remembered.
func TestNobodyElseIsAtOurAddress(t *testing.T) {
	d := newDoor(t, dht.Config{Addr: dhttest.Addr(1), Addr6: dhttest.Addr6(1)})
	for _, c := range []struct {
		addr  netip.AddrPort
		heard bool
	}{{dhttest.Addr(1), false}, {dhttest.Addr6(1), false}, {dhttest.Addr(2), true}, {dhttest.Addr6(2), true}} {
		var tx []byte
		d.tap = func(_ netip.AddrPort, packet []byte) {
			if err := d.parsed.Parse(packet); err != nil {
				t.Fatal(err)
			}
			tx = []byte(string(d.parsed.Tx))
		}
		d.node.Query(d.now, krpc.Contact{Addr: dhttest.Addr(9)}, dht.Call{Method: "find_node"}, func(dht.Time, dht.Reply) {})
		r := krpc.Response{Tx: tx, ID: krpc.ID{9}, Lists: krpc.Want4 | krpc.Want6}
		named := krpc.Contact{ID: krpc.ID{7, byte(len(c.addr.Addr().AsSlice())), byte(c.addr.Addr().AsSlice()[3])}, Addr: c.addr}
		if c.addr.Addr().Is4() {
			r.Nodes = []krpc.Contact{named}
		} else {
			r.Nodes6 = []krpc.Contact{named}
		}
		d.node.Receive(d.now, dhttest.Addr(9), r.Append(nil))
		if _, heard := d.node.Table().Get(d.now, named.ID); heard != c.heard {
			t.Errorf("%v: heard is %v", named, heard)
		}
		d.node.Table().Remove(named.ID)
	}
}
