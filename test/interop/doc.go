// Package interop holds the tests of lightdht against other implementations of the mainline DHT,
// each in its own process on the loopback interface: libtorrent, bittorrent-dht and anacrolix/dht.
//
// It needs /usr/bin/python3 with python3-libtorrent, Node.js, "npm ci" in bittorrent-dht, and ::1. A client that is
// not installed is skipped, except where the environment says CI=true. What a client cannot do, or does otherwise
// than the BEPs, is said in the tables of the tests, with the reason. Every node has an address of its own in
// 127.0.0.0/8, so that nothing which looks at addresses (tokens, limits, stored peers) mistakes one for another.
//
// Package bridge, below it, is among these and the programs that people use, on a network of its
// own with NAT and loss. Package conformance holds "lightdht probe" against all of them. What both
// need to run clients in namespaces is in netns.
//
// # The line protocol
//
// The three clients are driven alike. A peer program is started as
//
//	PROGRAM --listen ADDR[,ADDR...] [--bootstrap ADDR[,ADDR...]] [--read-only] [--log]
//
// and opens one node on each listening address, one after another. (Only libtorrent and
// anacrolix/dht can be read-only, BEP 43; only libtorrent is asked to listen on IPv6 addresses, or,
// with ADDR+ADDR, to have a node in both networks.) With --log, what the library logs goes to the
// standard error. Once all have joined it prints
//
//	{"ready": true, "client": "libtorrent 2.0.8.0", "addrs": ["127.1.0.1:6881"]}
//
// From then on each line of standard input is a request and is answered by one line with the same
// id. Answers may come in another order. "node" is the index of the node that is meant, 0 if it is
// missing.
//
//	{"id": 1, "node": 0, "do": "nodes"}
//	{"id": 1, "nodes": 12}
//
// counts the nodes in its routing table;
//
//	{"id": 2, "do": "look"}
//	{"id": 2}
//
// begins a lookup of a random id, by which a node gets to know others, and does not wait for its
// end;
//
//	{"id": 3, "do": "announce", "info_hash": "<40 hex digits>", "port": 7001}
//	{"id": 3, "port": 7001, "implied_port": 0, "stored": 8}
//
// announces a torrent and says how many nodes acknowledged it (libtorrent always announces its own
// listening port; port 0 means implied_port to the others). Given a directory for "files" instead
// of an info-hash, libtorrent makes a torrent that it has the whole of, announces that as a seed,
// and tells its "info_hash";
//
//	{"id": 4, "do": "get_peers", "info_hash": "<40 hex digits>"}
//	{"id": 4, "peers": ["127.2.0.1:7001"]}
//
// looks a torrent up, and tells what other nodes answered, not what the node itself stores;
//
//	{"id": 5, "do": "put", "value": "<hex>"}
//	{"id": 5, "stored": 8, "refused": []}
//
// stores a bencoded value as an item (BEP 44), and says how many nodes took it and with which codes
// others refused, as far as the client tells; a mutable item has a "secret" (32 bytes) and its
// public "key", "seq", and, if wanted, "salt" and "cas" (strings in hex; libtorrent chooses the
// seq, and has no cas);
//
//	{"id": 6, "do": "get", "target": "<40 hex digits>"}
//	{"id": 6, "value": "<hex>"}
//
// looks an item up; of a mutable one the request has its "key" and "salt" too, the answer its
// "seq";
//
//	{"id": 7, "do": "sample", "addr": "127.109.1.1:6881", "target": "<40 hex digits>"}
//	{"id": 7, "samples": ["<40 hex digits>"], "num": 1, "interval": 21600, "named": ["127.101.1.1:6881"]}
//
// asks one node for info-hashes that it has peers of (BEP 51; libtorrent only). A request that
// failed is answered with an "error" and its text. The end of standard input, or
//
//	{"do": "quit"}
//
// ends the program.
package interop
