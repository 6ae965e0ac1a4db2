// Package bench measures what the project promises about time and memory. It
// tests nothing: figures depend on the machine, and nobody should have to wait
// for them.
//
//	go test -run '^$' -bench . ./test/bench                   # all, about two minutes
//	go test -run '^$' -bench . -short ./test/bench            # without the largest busy world
//	go test -run '^$' -bench Start ./test/bench -args -million # a million nodes: 10 to 16 GB
//	go test -run '^$' -bench Closest8 -count 5 ./test/bench   # one, to compare
//
// Seen is the middle of three runs on a virtual machine with two shared cores
// of an AMD EPYC and Go 1.26, while others worked there too; one that is idle
// is up to twice as fast. The rows of Sim and Buckets are single runs, with a load
// of 3 to 8 on the two cores.
//
//	what                                             budget           seen
//	Parse, a get_peers query                         200 ns, no alloc 171 ns
//	Parse, a response with 8 nodes                   200 ns, no alloc 188 ns
//	  the same by zeebo/bencode, into structs                         7.7, 8.7 µs
//	Write, a response with 8 nodes                   200 ns, no alloc 133 ns
//	  the same by zeebo/bencode, from structs                         8.8 µs
//	Serve, find_node without a socket, each 100,000  0.8 s with one   0.12 s
//	Serve, get_peers, to nodes                       0.8 s with one   0.12 s
//	Serve, get_peers, with 50 peers                  0.8 s with one   0.15 s
//	Closest8 of 1000 contacts                                         0.94 µs
//	Closest8 of a million                            10 µs, no alloc  4.1 µs
//	  by a scan                                                       24 ms
//	Closest8, half of all ids under a 72-bit prefix  10 µs, no alloc  2.5 µs
//	HearNew, a million known                         5 µs             0.82 µs
//	HearAgain, a million known                                        0.55 µs
//	TableMemory, a million contacts                  200 B each       111 B
//	BucketsServe, of 128                                              0.47 µs
//	BucketsHear, no place for it                                      84 ns
//	SimLookups, 10,000 nodes, one core                                6300/s, 281,000 events/s
//	SimLookups, 100,000 nodes                        500,000 events/s 223,000 events/s
//	SimIdle, 10,000 nodes                                             511,000 events/s
//	SimWarmStart, 10,000 nodes                       1 s, 8 KiB each  0.26 s, 5.5 KB each
//	SimWarmStart, 100,000 nodes                      10 s, 8 KiB each 3.0 s, 6.7 KB each
//	SimWarmStart, a million (with -million)          100 s, 8 KiB     59 s of CPU time, 8.0 KB each
//	LuaCall, does not block                                           72 ns
//	LuaBlockingCall, the only task                                    288 ns with its timer
//	LuaBlockingCallOfTwo                                              516 ns with its timer
//	LuaSpawn, to the end of the task                                  11 µs
package bench
