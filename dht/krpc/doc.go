// Package krpc is the vocabulary and the wire format of the BitTorrent DHT: 160-bit ids, contacts,
// and the bencoded messages of KRPC (BEP 5, with the additions of BEP 32, 33, 42, 43, 44 and 51).
// With the messages come their parts: the [Item] of BEP 44, signed and verified, the [Bloom] filter
// of BEP 33, and ids that suit an address, [SecureID] (BEP 42).
//
// Messages are read by [Message.Parse], one bounded pass over one datagram that allocates nothing,
// and written by the Append functions into a buffer of the caller's. Open-ended values, such as the
// arguments of an unknown method, go through [DecodeValue] and [EncodeValue].
//
// The files form layers, from the lowest: id, time, contact, special, secure, bloom, scan, value,
// keys, message, error, lists, item, parser, body, parse, write, peek.
//
// The package is pure: no socket, clock, goroutine or random source.
package krpc
