// Package sim is a network of simulated nodes on virtual time. Every node is a
// [dht.Node], the same that serves a UDP port, and what travels between them
// are the bytes that would travel there. Nothing is left out but the wire.
//
// # Time and order
//
// What happens in a [World] is events: datagrams that arrive, nodes that have
// something to do, functions of the caller's. Between events no time passes,
// and computing costs none. Events are ordered by time and, at the same time,
// by kind: first arrivals, by sender and in the order of sending; then what
// nodes do, by their numbers; then the caller's functions, in the order of
// asking. So no two are equal.
//
// A large world uses more than one core. Its members are dealt out to lanes,
// one for each core, and as no datagram takes less than the least latency, what
// one lane does cannot matter to another until that has passed: so long they go
// on side by side, each in the order of its own events. (Conservative
// synchronisation with lookahead, after Chandy and Misra and Bryant; see
// Fujimoto, "Parallel discrete event simulation", CACM 33, 1990.) What may call
// the caller, or concerns the network as a whole, happens by itself: nodes that
// were opened, members that the caller has set to work or looks on at, members
// that come and go. With the default latency, stretches of 5 ms are taken at
// once, and a world pays for its cores if there are some dozens of events in
// each: from some 10,000 members on. One world is to be used by one goroutine.
//
// # Chance
//
// Everything follows from Config.Seed. Each node has a source of its own,
// derived from the seed and the node's number: what one draws, its id included,
// depends neither on the others nor on how many there are. Who is behind NAT,
// how far apart two nodes are, when a member comes and goes, what it searches
// for and which of its datagrams are lost is derived likewise. What concerns
// the network as a whole (who leaves, whom a newcomer asks first) is drawn from
// one source, in the order of events. Decisions are made with integers; what
// they are compared with is computed with IEEE 754 operations that no compiler
// may contract. So the same program with the same seed sends the same bytes at
// the same nanosecond on every machine, which [World.Digest] can show.
//
// # The model, and its defaults
//
// Everything but latency is off by default, and can be set when the world is
// made and, but for the start and the population, while it runs.
//
// Latency: a pair of nodes has one round-trip time, the same in both directions
// and for as long as the settings last; a datagram takes half of it. By default
// round trips are log-normal with median 100 ms and sigma 0.6, so that nine
// pairs of ten have between 37 and 268 ms; that response times among BitTorrent
// peers follow log-normal laws was found by Erman, Ilie and Popescu
// ("BitTorrent Traffic Characteristics", 2006). The law is replaced by its 4096
// middle quantiles. There is no jitter, so datagrams between two nodes arrive
// in the order of sending, unless one of the two is slow.
//
// Loss: each packet is lost with the same probability, by default 0.
//
// NAT: a share of the members, by default 0, is behind NAT. They send as they
// like, but a datagram reaches them only from an address they sent one to
// within two minutes, the least RFC 4787 (REQ-5) allows; filtering is
// address-dependent in the words of that document. A member's address is the
// same to everybody. Nodes opened by the caller are never behind NAT.
//
// Size: a datagram has at most 65,507 bytes. If an MTU is set, a longer one is
// lost, or cut into fragments (RFC 791), each of which may be lost. By default
// there is no MTU.
//
// Lines: what a member takes in can be limited to so many datagrams or bytes a
// second. What comes faster waits for its turn, up to 100 ms by default (ours),
// and is dropped if it would have to wait longer (drop-tail). What a member
// sends is not limited. By default nothing is.
//
// Partition: a share of the members, or any list of nodes, can be cut off from
// the others, until it is healed. By default the network is whole.
//
// Addresses: IPv4, global unicast, port 6881, one for each node, scattered as
// if hosts had been picked at random; or in crowds that share a /24, or an
// address, if the configuration says so. Somebody who leaves keeps the address.
//
// IPv6: a share of the members, by default 0, has an address of IPv6 too, each in
// a /64 of its own, and is a member of both networks of BEP 32: with one id, and a
// table for each. So is then each node opened by the caller. What the network does
// to a datagram is the same in both, but for the longer headers of IPv6.
//
// Clocks: each member's clock can be off by an offset and drift by a rate, both
// drawn evenly from a range. A node compares its own times only. By default
// clocks are right.
//
// Population: by default 500 members (few enough for a run of a second, many
// enough for lookups of several hops) with BEP 5's table, [dht.BucketsTable],
// and k = 8 (BEP 5), who search with alpha = 3 (the Kademlia paper). Members
// stay until they are told to leave; they then do so without a word, as
// programs that are killed. Shares of them may be read-only (BEP 43), silent,
// slow (by 2 s on average, drawn exponentially for each answer; ours), liars
// that name contacts who do not exist, give a wrong id in each answer, one near to
// what they are asked for, or many such ids at their own address.
// Sybils can be added: members whose ids are nearer to a target than all
// others.
//
// Churn: members come and go by two laws, of sessions and of downtimes, each
// exponential, Weibull or constant; a core of them may stay for ever. It starts
// in the stationary state: the share online is mean session / (mean session +
// mean downtime), and sessions are met in proportion to their length, half way.
// A Weibull law has by default shape 0.43 and scale 473 min = 28380 s, so a
// mean of 21.7 hours: the law by which half of all sessions end within 200
// minutes and 3 % last more than 9,000, as the University of Helsinki gives for
// Mainline DHT (measured by Wang and Kangasharju, IEEE P2P 2013). That sessions
// follow Weibull laws with shapes of 0.34 to 0.59 Stutzbach and Rejaie found in
// swarms of BitTorrent (IMC 2006). Downtimes follow by default the law of
// sessions (ours), so half of those who come and go are online. Who goes does
// so without a word. Who comes back has its id, its address and its table, as
// BEP 5 asks clients to save it, and joins again through three random members;
// what others had announced to it is lost. By default there is no churn.
//
// Traffic: a share of the members (by default all, if there is any traffic)
// search for the peers of torrents and announce themselves, each as a Poisson
// process of its own, for torrents chosen by Zipf's law: by default 1000 of
// them, exponent 1 (both ours). [World.Torrent] has their info-hashes. By
// default there is no traffic. Clients outside announce each torrent every 15
// minutes (libtorrent's dht_announce_interval).
//
// # Warm and cold start
//
// Warm, the default: as if the network had long been running. Each member's
// buckets hold k random members of their range of the key space, or all if
// there are no more, who answered at some time in the last 14 minutes; with
// that, tables are as full as a routing table of BEP 5 can be, and upkeep does
// not come in step. Members that nobody can ask, behind NAT, away or silent,
// are in nobody's table. A share of the contacts can be dead: of nodes that
// left since they answered. By default none is. The table of a member that is
// away is as it was when it left.
//
// Cold: the first member is alone, and the others join one after another
// through three random ones that are there, at least one a second and a tenth
// of the network in a second. Then 20 minutes pass, in which upkeep refreshes
// each bucket that is not full once, in the first two minutes, and others after
// 15 (BEP 5), before [New] returns. Tables are then as full as warm ones. Members
// that are away have never joined.
//
// # Idle times
//
// Where nothing changes but clocks, time passes at once. A network is idle if
// it is calm (no churn, loss, traffic, partition, limits of lines, wrong clocks
// or members that misbehave) and was not changed for a day (a cold start and
// dead contacts are changes), if nobody listens to what nodes are asked or hear
// of, and if the caller has done nothing for an hour, or until all that was
// announced or stored has expired. Then the clock jumps to the next thing that
// the caller is to do. The nodes do not live through the time between: their
// upkeep would have kept whom they know as it is, but for some more who wait
// for a place in a bucket; what it would have sent is in no counter. How much
// was skipped is among them, and the setting simulate_idle has it all
// simulated.
package sim
