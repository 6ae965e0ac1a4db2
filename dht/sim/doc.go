// Package sim is a network of simulated nodes on virtual time. Every node is a
// [dht.Node], the same that serves a UDP port, and what travels between them
// are the bytes that would travel there. Nothing is left out but the wire.
//
// # Time and order
//
// A [World] is one queue of events: datagrams that arrive, nodes that have
// something to do, functions of the caller's. [World.Step] takes the first and
// moves the clock to it; between events no time passes, and computing costs
// none. Events are ordered by time and, at the same time, by the order in which
// they were queued, so no two are equal. One world is one goroutine; more cores
// run more worlds.
//
// # Chance
//
// Everything follows from Config.Seed. Each node has a source of its own,
// derived from the seed and the node's number: what one draws, its id included,
// depends neither on the others nor on how many there are. Who is behind NAT
// and how far apart two nodes are is derived likewise, and stored nowhere.
// What concerns the network as a whole (which datagrams are lost, who leaves,
// whom a newcomer asks first) is drawn from one source, in the order of events.
// Decisions are made with integers; the table of latencies is computed with
// IEEE 754 operations that no compiler may contract. So the same program with
// the same seed sends the same bytes at the same nanosecond on every machine,
// which [World.Digest] can show.
//
// # The model, and its defaults
//
// Latency: a pair of nodes has one round-trip time, the same in both
// directions and for as long as the settings last; a datagram takes half of it.
// By default round trips are log-normal with median 100 ms and sigma 0.6
// ([DefaultMedian], where the source is named). The law is replaced by its 4096
// middle quantiles. There is no jitter, no queue and no bandwidth, so
// datagrams between two nodes arrive in the order of sending.
//
// Loss: each datagram is lost with the same probability, by default 0.
//
// NAT: a share of the members, by default 0, is behind NAT. They send as they
// like, but a datagram reaches them only from an address they sent one to
// within two minutes, the least RFC 4787 (REQ-5) allows; filtering is
// address-dependent in the words of that document. A member's address is the
// same to everybody. Nodes opened by the caller are never behind NAT.
//
// Addresses: IPv4, global unicast, port 6881, one for each node, scattered as
// if hosts had been picked at random. Somebody who leaves keeps the address.
//
// Size: a datagram has at most 65,507 bytes and is never fragmented.
//
// Population: by default 500 members (few enough for a run of a second, many
// enough for lookups of several hops) with BEP 5's table, [dht.BucketsTable],
// and k = 8 (BEP 5). Members stay until they are told to leave; they then do so
// without a word, as programs that are killed.
//
// # Warm and cold start
//
// Warm, the default: as if the network had long been running. Each member's
// buckets hold k random members of their range of the key space, or all if
// there are no more, who answered at some time in the last 14 minutes; with
// that, tables are as full as a routing table of BEP 5 can be, and upkeep does
// not come in step. Members behind NAT are in nobody's table.
//
// Cold: the first member is alone, and the others join one after another
// through three random ones that are there, at least one a second and a tenth
// of the network in a second. Then 20 minutes pass, in which upkeep refreshes
// each bucket once (BEP 5: after 15 minutes), before [New] returns. Tables are
// then some three quarters as full as warm ones, as nobody has looked up
// anything, and lookups find the same.
package sim
