package udp_test

import (
	"bytes"
	"cmp"
	"context"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/client"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/udp"
)

// entry is one thing that entered a node: a datagram, or an Advance.
type entry struct {
	now    dht.Time
	from   netip.AddrPort // zero: an Advance
	packet []byte
}

// recorder keeps what a host tells its Record function.
type recorder struct{ entries []entry }

func (r *recorder) record(now dht.Time, from netip.AddrPort, packet []byte) {
	r.entries = append(r.entries, entry{now, from, bytes.Clone(packet)})
}

// paper is a wire that only stores the replies.
type paper struct{ replies [][]byte }

func (p *paper) Send(_ netip.AddrPort, packet []byte) {
	if isReply(packet) {
		p.replies = append(p.replies, bytes.Clone(packet))
	}
}

func isReply(packet []byte) bool {
	var m krpc.Message
	return m.Parse(packet) == nil && m.Kind != krpc.KindQuery
}

// The answers of a node depend only on its configuration, its source and its input: a session over
// real sockets, replayed to a node without sockets, gives the same replies.
func TestReplayGivesTheSameReplies(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	newSource := func() dht.Source { return rand.NewPCG(1, 2) }
	var in, out recorder
	cfg := dht.Config{ID: krpc.ID([]byte("this one gives answers")[:20])}
	server := listen(t, udp.Config{Node: cfg, Source: newSource(), Record: in.record})
	asked := make(chan struct{})
	asker := listen(t, udp.Config{Record: func(now dht.Time, from netip.AddrPort, packet []byte) {
		out.record(now, from, packet)
		if from == server.Addr() && !isReply(packet) {
			close(asked) // it asks once
		}
	}})
	session(t, ctx, asker, server.Addr())
	select { // until the server, by itself, has asked back
	case <-asked:
		session(t, ctx, asker, server.Addr())
	case <-ctx.Done():
		t.Fatal("the server did not ask who it is")
	}
	server.Close()
	asker.Close()

	var want [][]byte // what the server answered, as it arrived
	for _, e := range out.entries {
		if e.from == server.Addr() && isReply(e.packet) {
			want = append(want, e.packet)
		}
	}
	cfg.Addr = server.Addr()
	var got paper
	node, err := dht.New(cfg, &got, newSource())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range in.entries {
		if !e.from.IsValid() {
			node.Advance(e.now)
		} else {
			node.Receive(e.now, e.from, e.packet)
		}
	}
	if len(want) < 10 || len(got.replies) != len(want) {
		t.Fatalf("%d replies over UDP, %d in the replay", len(want), len(got.replies))
	}
	for i := range want {
		if !bytes.Equal(got.replies[i], want[i]) {
			t.Errorf("reply %d:\n replay %q\n   sent %q", i, got.replies[i], want[i])
		}
	}
}

// session sends queries of all methods, valid and invalid.
func session(t *testing.T, ctx context.Context, asker *udp.Host, server netip.AddrPort) {
	t.Helper()
	c := client.New(asker)
	to := krpc.Contact{Addr: server}
	hash := krpc.ID{0: 0xaa, 19: 0xbb}
	if _, err := c.Bootstrap(ctx, server); err != nil {
		t.Fatal(err)
	}
	for port := range uint16(3) { // the first: the port it is sent from; each is a peer of its own
		peer := netip.AddrPortFrom(asker.Addr().Addr(), cmp.Or(port, asker.Addr().Port()))
		if r, err := c.AnnouncePeer(ctx, hash, port, dht.SearchConfig{}); err != nil || r.Stored != 1 {
			t.Fatalf("announce: %+v, %v", r, err)
		}
		if r, err := c.GetPeers(ctx, hash, dht.SearchConfig{}); err != nil || !slices.Contains(r.Peers, peer) {
			t.Fatalf("get_peers: %+v, %v", r, err)
		}
	}
	for _, call := range []dht.Call{
		{Method: "ping"},
		{Method: "find_node", Target: hash},
		{Method: "announce_peer", Target: hash, Port: 1, Token: []byte("made up")},
		{Method: "no_such_method", Args: []byte("de")},
	} {
		c.Query(ctx, to, call) // some are refused, in the same words both times
	}
	if err := ctx.Err(); err != nil {
		t.Fatal(err)
	}
}
