package main

import (
	"net"
	"sync"

	"github.com/anacrolix/dht/v2/krpc"
	"github.com/anacrolix/torrent/bencode"
)

// putWatch is a node's socket that notes what becomes of its puts: the library tells nobody but its
// log.
type putWatch struct {
	net.PacketConn

	mu      sync.Mutex
	asked   map[string]bool // transaction id and address of a put without an answer
	stored  int
	refused []int // the codes of errors
}

// WriteTo notes a put that is sent.
func (w *putWatch) WriteTo(packet []byte, to net.Addr) (int, error) {
	var m krpc.Msg
	if bencode.Unmarshal(packet, &m) == nil && m.Q == "put" {
		w.mu.Lock()
		w.asked[m.T+to.String()] = true
		w.mu.Unlock()
	}
	return w.PacketConn.WriteTo(packet, to)
}

// ReadFrom notes the answer to a put.
func (w *putWatch) ReadFrom(packet []byte) (int, net.Addr, error) {
	n, from, err := w.PacketConn.ReadFrom(packet)
	if err == nil {
		w.heard(packet[:n], from)
	}
	return n, from, err
}

func (w *putWatch) heard(packet []byte, from net.Addr) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var m krpc.Msg
	if len(w.asked) == 0 || bencode.Unmarshal(packet, &m) != nil || !w.asked[m.T+from.String()] {
		return
	}
	delete(w.asked, m.T+from.String())
	switch {
	case m.Y == krpc.YResponse:
		w.stored++
	case m.Y == krpc.YError && m.E != nil:
		w.refused = append(w.refused, m.E.Code)
	}
}

// reset forgets the puts so far.
func (w *putWatch) reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked, w.stored, w.refused = map[string]bool{}, 0, []int{}
}

// outcome returns how many nodes took what was put since reset, and the codes of those that did
// not.
func (w *putWatch) outcome() (stored int, refused []int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.stored, w.refused
}
