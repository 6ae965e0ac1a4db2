// Package store keeps what a node holds for others: the peers announced to it
// (BEP 5, one entry for each info-hash and address as BEP 33 asks), and the
// tokens that prove that an announcer owns its address.
//
// Announcements are hostile until proven otherwise: every list is bounded, one
// host gets a bounded share, and what is full refuses newcomers rather than
// drop what others announced. An empty store costs a hundred bytes, so that a
// million simulated nodes can each own one.
//
// The package is pure: time and randomness come in as arguments. Nothing in it
// may be used by two goroutines at once.
package store
