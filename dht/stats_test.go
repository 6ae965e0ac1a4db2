package dht_test

import (
	"net/netip"
	"testing"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// Each answer is counted once, in the right counter.
func TestWhatIsServedIsCounted(t *testing.T) {
	d := newDoor(t, dht.Config{})
	from := knocker(1)
	if code := d.announce(from, krpc.ID{1}); code != 0 {
		t.Fatal(code)
	}
	if code := d.put(from, &krpc.Item{Value: []byte("1:v")}); code != 0 {
		t.Fatal(code)
	}
	d.ask(from, krpc.Query{Method: "put", Item: &krpc.Item{Value: []byte("1:v")}, Token: []byte("forged")})
	d.ask(from, krpc.Query{Method: "ping"})
	s := d.node.Stats()
	if s.QueriesIn != 6 || s.RepliesOut != 5 || s.ErrorsOut != 1 || s.AnnouncesIn != 1 || s.ItemsIn != 1 {
		t.Errorf("%+v, want 6 queries, 5 replies, 1 error, 1 announce and 1 item", s.Counters)
	}
	if s.PacketsIn != 6 || s.PacketsOut != 6 || s.BytesIn == 0 || s.BytesOut == 0 {
		t.Errorf("%+v, want 6 datagrams each way", s.Counters)
	}
	if s.Hashes != 1 || s.PeersStored != 1 || s.ItemsStored != 1 || s.Known != 0 {
		t.Errorf("%+v, want one of each stored, and no guest known", s)
	}
}

// A bootstrap host of the public DHT is not inserted for a query of its own, either.
func TestBootstrapHostsThatAskUs(t *testing.T) {
	own, host := netip.MustParseAddrPort("40.0.0.1:6881"), wide(1, false)
	for _, public := range []bool{false, true} {
		d := newDoor(t, dht.Config{Addr: own, Public: public, Bootstrap: []netip.AddrPort{host}})
		d.ask(host, krpc.Query{Method: "ping", ID: krpc.ID{7}})
		if _, known := d.node.Table().Get(d.now, krpc.ID{7}); known == public {
			t.Errorf("public %v: known is %v", public, known)
		}
	}
}
