// Package store keeps what a node holds for others: the peers announced to it (BEP 5), the items
// put to it (BEP 44), the tokens by which announcers and putters prove their address, and the
// samples of info-hashes (BEP 51).
//
// A peer is known by its address on the public DHT, as BEP 33 asks: a host counts once
// in an estimate, and cannot fill a swarm by announcing every port it has. Where several
// nodes may share a host it is known by its address and port, as in libtorrent and jech:
// on loopback, private and link-local addresses, and in any network that is not the
// public one ([PeersConfig] SharedHosts), a simulated one too.
//
// All of it is taken for hostile, and bounded:
//
//   - [Peers]: info-hashes, and peers of each; what is full refuses newcomers, and
//     time makes room (libtorrent). One host gets a tenth (chosen by us).
//   - [Items]: items of each kind; the least important makes room (libtorrent).
//     One host gets a tenth (chosen by us).
//   - [Tokens]: nothing is stored, they are computed.
//   - [Samples]: one draw of 20 (libtorrent).
//
// Empty stores cost less than two hundred bytes in all, so that a million simulated nodes can each
// own them.
//
// The package is pure: time and randomness come in as arguments. Nothing in it
// may be used by two goroutines at once.
//
// The files form layers, from the lowest: heap, siphash, swarm; chest, peers, token; items,
// sample.
package store
