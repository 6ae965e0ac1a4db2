// Package sim simulates a network of nodes on virtual time. Each node is a
// [dht.Node], the same that serves a UDP port, and the bytes that travel between
// nodes are the bytes that would travel on a real network.
//
// # Time and order
//
// All that happens in a [World] is events: datagrams arrive, nodes have something
// to do, functions of the caller are called. Time passes between events only;
// computing takes none. Events are ordered by time. At the same time, arrivals
// come first, by sender and in the order of sending; then the alarms of nodes, by
// their numbers; then functions of the caller, in the order in which they were
// asked for. So no two events are equal.
//
// A large world uses more than one core, by conservative parallel simulation with
// lookahead (Chandy and Misra; Bryant; see Fujimoto, "Parallel discrete event
// simulation", CACM 33, 1990). Its members are dealt out to shards, one for each
// core. No datagram takes less than the least latency, so within a window of that
// length no shard can affect another: all of them run at once, each in the order
// of its own events, and exchange datagrams through mailboxes at the end of the
// window. Events that may call the caller, or that concern the whole network, are
// handled alone: those of nodes that were opened, of members that the caller has
// set to work or watches, of members that come and go. With the default latency a
// window is 5 ms long. Several cores pay if a window has some dozens of events:
// from some 10,000 members on. One world must be used by one goroutine.
//
// The files form layers, from the lowest: error, bitset, exact, address, law, queue, flight,
// inbound, link, nat, partition, behavior, churn, traffic, skew, config, stats,
// digest, mailbox, probe, pool, idindex, station, directory, population, shard,
// scheduler, idle, world, prefetch, forge, clients, member, random, presence,
// change, closest, step, builder, warm, cold, start, host, describe.
//
// # Chance
//
// Everything follows from Config.Seed. Each node has a random source of its own,
// derived from the seed and the node's number: what a node draws, its id included,
// depends neither on other nodes nor on their number. Which nodes are behind NAT,
// the latency of a pair, when a member comes and goes, what it searches for and
// which of its datagrams are lost are derived in the same way. Choices that
// concern the whole network (which member leaves, which one a newcomer asks first)
// are drawn from one source, in the order of events. Decisions are made with
// integers; the integers they are compared with are computed with IEEE 754
// operations that no compiler may contract. So the same program with the same seed
// sends the same bytes at the same nanosecond on every machine; [World.Digest] can
// show it.
//
// # The model, and its defaults
//
// Everything but latency is off by default. It can be set when the world is made
// and, except for the start and the population, while it runs. Defaults without a
// source were chosen by us.
//
// Latency: a pair of nodes has one round-trip time, the same in both directions
// and for as long as the settings last; a datagram takes half of it. By default
// round trips are log-normal with median 100 ms and sigma 0.6, so that nine pairs
// of ten have between 37 and 268 ms. Erman, Ilie and Popescu found that response
// times among BitTorrent peers follow log-normal laws ("BitTorrent Traffic
// Characteristics", 2006). The law is replaced by its 4096 middle quantiles. There
// is no jitter, so datagrams between two nodes arrive in the order of sending,
// unless one of the two is slow.
//
// Loss: each packet is lost with the same probability, by default 0.
//
// NAT: a share of the members, by default 0, is behind NAT. They may send to any
// address, but a datagram reaches them only from an address that they sent one to
// within two minutes, the shortest time that RFC 4787 (REQ-5) allows. Filtering is
// address-dependent in the words of that document. A member's address is the same
// to all nodes. Nodes opened by the caller are never behind NAT.
//
// Size: a datagram has at most 65,507 bytes. If an MTU is set, a longer one is
// lost, or cut into fragments (RFC 791), each of which may be lost. By default
// there is no MTU.
//
// Lines: the rate at which a member receives can be limited, in datagrams or in
// bytes a second. Datagrams that come faster wait for their turn, up to 100 ms by
// default, and are dropped if they would have to wait longer (drop-tail). The rate
// at which a member sends is not limited. By default there are no limits.
//
// Partition: a share of the members, or any list of nodes, can be cut off from the
// others until the partition is healed. By default the network is whole.
//
// Addresses: IPv4, global unicast, port 6881, one for each node, scattered as if
// hosts had been picked at random; or crowded, so that several share a /24, or an
// address, if the configuration says so. A member that leaves keeps its address.
//
// IPv6: a share of the members, by default 0, has an IPv6 address too, each in a
// /64 of its own, and is a member of both networks of BEP 32: with one id, and a
// table for each. Then each node that the caller opens is one as well. The network
// treats datagrams of both families alike, except that IPv6 headers are longer.
//
// Clocks: each member's clock can be off by an offset and drift by a rate, both
// drawn evenly from a range. A node compares its own times only. By default clocks
// are right.
//
// Population: by default 500 members (few enough for a run of a second, many
// enough for lookups of several hops) with BEP 5's table, [dht.BucketsTable], and
// k = 8 (BEP 5), which search with alpha = 3 (the Kademlia paper). Members stay
// until they are told to leave; they then leave without a message, as killed
// programs do. Shares of them may be read-only (BEP 43), silent, slow (by 2 s on
// average, drawn exponentially for each answer), or liars: these name contacts
// that do not exist, give a wrong id in each answer, give an id near to the target
// of the query, or name many such ids at their own address. Sybils can be added:
// members whose ids are nearer to a target than all others.
//
// Churn: members come and go by two laws, of sessions and of downtimes, each
// exponential, Weibull or constant; a core of them may stay for ever. Churn starts
// in the stationary state: the share online is mean session / (mean session + mean
// downtime), and a session under way is met in proportion to its length, half way
// through on average. A Weibull law has by default shape 0.43 and scale 473 min =
// 28380 s, so a mean of 21.7 hours: the law by which half of all sessions end
// within 200 minutes and 3 % last more than 9,000, as the University of Helsinki
// gives for Mainline DHT (measured by Wang and Kangasharju, IEEE P2P 2013).
// Stutzbach and Rejaie found that sessions in BitTorrent swarms follow Weibull
// laws with shapes of 0.34 to 0.59 (IMC 2006). Downtimes follow by default the law
// of sessions, so half of the members that come and go are online. A member that
// comes back has its id, its address and its table, as BEP 5 asks clients to save
// it, and joins again through three random members; announces that others had
// stored at it are lost. By default there is no churn.
//
// Traffic: a share of the members (by default all, if there is any traffic) search
// for the peers of torrents and announce themselves, each as a Poisson process of
// its own, for torrents chosen by Zipf's law: by default 1000 of them, exponent 1.
// [World.Torrent] has their info-hashes. By default there is no traffic. Real
// clients announce each torrent every 15 minutes (libtorrent's
// dht_announce_interval).
//
// # Warm and cold start
//
// Warm, the default: as if the network had long been running. Each member's
// buckets hold k random members of their range of the key space, or all if there
// are no more, which answered at some time in the last 14 minutes. So tables are
// as full as a routing table of BEP 5 can be, and upkeep is not synchronized.
// Members that cannot be asked, because they are behind NAT, away or silent, are
// in no table. A share of the contacts can be dead: nodes that left since they
// answered. By default no contact is dead. The table of a member that is away is
// as it was when it left.
//
// Cold: the first member is alone, and the others join one after another through
// three random ones that are there, at least one a second and a tenth of the
// network in a second. Then 20 minutes pass, in which upkeep refreshes each bucket
// that is not full once, in the first two minutes, and others after 15 (BEP 5),
// before [New] returns. Tables are then as full as warm ones. Members that are
// away have never joined.
//
// # Idle times
//
// When only clocks would change, time passes at once. A network is idle if it is
// calm (no churn, loss, traffic, partition, limits of lines, wrong clocks or
// members that misbehave) and was not changed for a day (a cold start and dead
// contacts are changes), if no hook watches queries or new contacts, and if the
// caller has done nothing for an hour, or until all that was announced or stored
// has expired. Then the clock jumps to the next function that the caller asked
// for. The nodes do not live through the time between. Their upkeep would have
// kept the tables as they are, except for more candidates in the replacement
// caches; what upkeep would have sent is in no counter. A counter has the time
// that was skipped, and the setting simulate_idle has all of it simulated.
package sim
