package udp

import (
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
)

const (
	floodSources = 1000
	slowness     = 30 * time.Microsecond  // what a datagram costs here: 30,000 a second, instead of 150,000
	honestly     = 200 * time.Millisecond // what an honest client waits for an answer
	patience     = 40                     // answers in a row, after which all is well
)

// During a flood of several times the node's capacity, from 1000 addresses, half of it garbage, the
// node soon receives little of it, and an honest client gets its answers.
func TestFloodLeavesRoomForOthers(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds")
	}
	h, err := Listen(Config{Listen: anyPort, Record: func(dht.Time, netip.AddrPort, []byte) {
		for began := time.Now(); time.Since(began) < slowness; {
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if err := h.groups[v4][0].filter(newHasher(true), nil); err != nil {
		t.Skip("no filters here: ", err)
	}
	h.groups[v4][0].unfilter()
	stop, sent := floodFrom(t, h.Addr())
	defer stop()
	for h.Dropped() < 10*batchSize*pressure { // until the node is behind
		runtime.Gosched()
	}
	honest := at(t, "udp4", "127.0.0.77")
	queries, inRow := 0, 0
	for ; inRow < patience && queries < 6*patience; queries++ {
		if inRow++; !answered(t, honest, h.Addr(), queries) {
			inRow = 0
		}
	}
	t.Logf("after %d queries, %d answers in a row; of %d datagrams of the flood the kernel dropped %d", queries-inRow, inRow, sent.Load(), h.Dropped())
	if inRow < patience {
		t.Errorf("of %d queries, no %d in a row were answered", queries, patience)
	}
}

// floodFrom sends to a host from many addresses, as fast as it can, until stop is called.
func floodFrom(t *testing.T, to netip.AddrPort) (stop func(), sent *atomic.Int64) {
	t.Helper()
	var conns []*net.UDPConn
	for i := range floodSources {
		conns = append(conns, at(t, "udp4", fmt.Sprintf("127.9.%d.%d", i>>8, i&255)))
	}
	done, sent := make(chan struct{}), new(atomic.Int64)
	var flooder sync.WaitGroup
	flooder.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			default:
			}
			packet := []byte(ping)
			if i/floodSources%2 == 1 {
				packet = packet[:len(packet)-1]
			}
			conns[i%floodSources].WriteToUDPAddrPort(packet, to)
			sent.Add(1)
		}
	})
	return sync.OnceFunc(func() { close(done); flooder.Wait() }), sent
}

// answered asks something, and reports whether it is answered soon.
func answered(t *testing.T, conn *net.UDPConn, to netip.AddrPort, number int) bool {
	t.Helper()
	tx := fmt.Sprintf("%04d", number)
	conn.WriteToUDPAddrPort([]byte(strings.Replace(ping, "2:aa", "4:"+tx, 1)), to)
	conn.SetReadDeadline(time.Now().Add(honestly))
	buf := make([]byte, maxDatagram)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return false
		}
		if reply := string(buf[:n]); strings.Contains(reply, tx) && strings.HasSuffix(reply, "1:y1:re") {
			return true
		}
	}
}
