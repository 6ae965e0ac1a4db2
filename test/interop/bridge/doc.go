// Package bridge tests lightdht in the company of real clients: Transmission, rTorrent, aria2,
// qBittorrent, libtorrent, bittorrent-dht and anacrolix/dht, as Debian, npm and the Go module have
// them. Each has a network namespace and an address of its own on one bridge, beside ten nodes of
// lightdht that stay.
//
// It needs Linux, root, iproute2, iptables and the clients. Without root the test is skipped; a
// client that is not installed is skipped, except where the environment says CI=true. The test runs
// once more within itself, in a network, a file system and a process tree of its own: no packet
// gets out, and no process, namespace or interface is left behind, however it ends.
//
//	go test -v -run TestBridge ./bridge
//
// takes about three minutes: clients take their time, and for one minute the queries of idle nodes
// are counted. The table at the end says of each client:
//
//   - joined: it entered through lightdht and names nodes of ours, and a node of ours entered through it alone;
//   - announces: a lookup of ours finds what it announced, it finds what we announced, and it keeps and gives out what we
//     announce to it;
//   - NAT: the same (but for what it finds) with a node behind a router that lets nobody in except from where something
//     was sent to;
//   - loss: the same with a node that loses one datagram in twenty, each way;
//   - named by: how many of our nodes that stay it met, and how many of these name it when asked for its id; the others
//     name eight nodes of the bucket that it belongs to, which is full;
//   - how many queries a minute go each way when nobody asks for anything, all nodes of ours together;
//   - how many packets of ours to it were read, and how many of them broke a rule. The reader is the test's own;
//   - how often it complained of us: it logged that a packet was not as it should be, or answered a query with the error 203.
//     At the end it gets garbage, of which it must complain.
//
// # What clients do otherwise
//
//   - rTorrent gives out the peers that it keeps with the two bytes of their port exchanged. It logs nothing of packets,
//     and calls nobody for a torrent that it has nothing of: that it found a peer is seen in its log.
//   - qBittorrent 4.5 enters only through the well-known routers, which are names for a node of ours here, and libtorrent keeps
//     those out of its table. It does not log what its libtorrent says of packets; the same libtorrent is there by itself.
//   - anacrolix/dht and bittorrent-dht ask the node that they enter through only when they start: our nodes have to be there before.
//   - Transmission and libtorrent take two ports of one address for one peer, and call the first that they hear of.
//   - aria2 begins with the DHT when it has a torrent, and not before.
package bridge
