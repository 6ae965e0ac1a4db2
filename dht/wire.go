package dht

import (
	"net/netip"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Time is nanoseconds since the host's epoch: the Unix epoch on a real network,
// the start of the run in a simulation. The node only compares and subtracts.
type Time = krpc.Time

// Source is where the node's randomness comes from: transaction ids, tokens, refresh targets. On a
// real network it must be unpredictable.
type Source = krpc.Source

// Wire takes datagrams away. Send must not block and must not keep packet: the node reuses it as
// soon as Send returns. A datagram may get lost, and nothing is reported back; an answer, or its
// absence, is the only signal.
type Wire interface {
	Send(to netip.AddrPort, packet []byte)
}
