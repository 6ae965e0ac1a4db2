package interop

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	lightdht "github.com/lightdht/lightdht/dht/client"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/udp"
)

// A node is one of ours in this process, for what is awkward to ask a program.
type node struct {
	*lightdht.Client
	host *udp.Host
	addr string
}

// startNode opens a node until the test ends, and lets it join through a node of somebody's, if one
// is given.
func startNode(t *testing.T, cfg dht.Config, join ...string) *node {
	t.Helper()
	return listen(t, udp.Config{Listen: addrPort(t, addrs(t, ours, 1)[0]), Node: cfg}, join...)
}

// guest is a read-only node: it asks, and leaves no trace in anybody's table.
func guest(t *testing.T, join ...string) *node {
	t.Helper()
	return startNode(t, dht.Config{ReadOnly: true, QueryTimeout: time.Second}, join...)
}

func listen(t *testing.T, cfg udp.Config, join ...string) *node {
	t.Helper()
	host, err := udp.Listen(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { host.Close() })
	n := &node{lightdht.New(host), host, host.Addr().String()}
	if len(join) > 0 {
		n.join(t, join...)
	}
	return n
}

func (n *node) join(t *testing.T, through ...string) {
	t.Helper()
	var entry []netip.AddrPort
	for _, addr := range through {
		entry = append(entry, addrPort(t, addr))
	}
	if _, err := n.Bootstrap(t.Context(), entry...); err != nil {
		t.Fatalf("%s cannot join through %v: %v", n.addr, through, err)
	}
}

// ask sends one query; the test fails unless it is answered.
func (n *node) ask(t *testing.T, to string, call dht.Call) *krpc.Message {
	t.Helper()
	reply, err := n.Query(t.Context(), krpc.Contact{Addr: addrPort(t, to)}, call)
	if err != nil {
		t.Fatalf("%s to %s: %v", call.Method, to, err)
	}
	return reply.Message
}

// known returns what the node's tables hold of an address.
func (n *node) known(t *testing.T, addr string) (entry dht.Entry, ok bool) {
	t.Helper()
	a := addrPort(t, addr)
	n.host.Do(func(now dht.Time, node *dht.Node) {
		for _, e := range node.Table().Nearest(now, krpc.ID{}, node.Table().Len()) {
			if e.Addr == a {
				entry, ok = e, true
			}
		}
	})
	return entry, ok
}

// code is what a query came to: the code of the error it was answered with, 0 for a response,
// silent for nothing.
func code(t *testing.T, err error) int {
	t.Helper()
	var remote *krpc.Error
	switch {
	case err == nil:
		return 0
	case errors.As(err, &remote):
		return remote.Code
	case errors.Is(err, dht.ErrTimeout):
		return silent
	}
	t.Fatal(err)
	return silent
}

const silent = -1

func addrPort(t *testing.T, addr string) netip.AddrPort {
	t.Helper()
	a, err := netip.ParseAddrPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
