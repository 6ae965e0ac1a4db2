// Package bench measures what the project promises about time and memory. It
// tests nothing but what virtual time says: other figures depend on the machine, and
// nobody should have to wait for them.
//
//	go test -run '^$' -bench . ./test/bench                   # all, about two minutes
//	go test -run '^$' -bench . -short ./test/bench            # without the largest busy world
//	go test -run '^$' -bench Start ./test/bench -args -million # a million nodes: 10 to 16 GB
//	go test -run '^$' -bench Closest8 -count 5 ./test/bench   # one, to compare
//
// Seen is a run on a virtual machine with two cores of an AMD EPYC and Go 1.26 that
// had little else to do; with much else it is half as fast.
//
//	what                                             budget           seen
//	Parse, a get_peers query                         200 ns, no alloc 149 ns
//	Parse, a response with 8 nodes                   200 ns, no alloc 133 ns
//	  the same by zeebo/bencode, into structs                         6.7, 7.2 µs
//	Write, a response with 8 nodes                   200 ns, no alloc 99 ns
//	  the same by zeebo/bencode, from structs                         6.6 µs
//	Serve, find_node without a socket, each 100,000  0.8 s with one   0.08 s
//	Serve, get_peers, to nodes                       0.8 s with one   0.12 s
//	Serve, get_peers, with 50 peers                  0.8 s with one   0.17 s
//	Closest8 of 1000 contacts                                         0.43 µs
//	Closest8 of a million                            10 µs, no alloc  2.5 µs
//	  by a scan                                                       15 ms
//	Closest8, half of all ids under a 72-bit prefix  10 µs, no alloc  2.7 µs
//	HearNew, a million known                         5 µs             1.0 µs
//	HearAgain, a million known                                        0.74 µs
//	TableMemory, a million contacts                  200 B each       111 B
//	BucketsServe, of 128                                              0.20 µs
//	BucketsHear, no place for it                                      17 ns
//	SimLookups, 10,000 nodes, one core                                573,000 events/s, 11,500 lookups/s
//	SimLookups, 10,000 nodes, two cores                               630,000 events/s
//	SimLookups, 100,000 nodes, one core                               427,000 events/s, 6,700 lookups/s
//	SimLookups, 100,000 nodes, two cores             500,000 events/s 633,000 events/s, 10,000 lookups/s
//	SimAsked, 10,000 and 100,000 nodes                                545,000 and 414,000 events/s
//	SimIdle, 10,000 nodes                                             792,000 events/s
//	SimWarmStart, 10,000 nodes                       1 s, 8 KiB each  0.14 s, 5.5 KB each
//	SimWarmStart, 100,000 nodes                      10 s, 8 KiB each 1.8 s, 6.7 KB each
//	SimWarmStart, a million (with -million)          100 s, 8 KiB     32 s, 8.0 KB each
//	LuaCall, does not block                                           83 ns
//	LuaBlockingCall, the only task                                    234 ns with its timer
//	LuaBlockingCallOfTwo                                              606 ns with its timer
//	LuaSpawn, to the end of the task                                  12 µs
//
// LookupsInBadCompany is how long get_peers takes in a simulated network of 1000, round
// trips of 0.1 s in the median, after a node has met others: the median and the worst of
// 60, in seconds. Forged pings come each with another id from another address; rogues
// answer every query with 70 contacts that do not exist, and the node has asked each once.
// "Before" is how it was while those merely heard of were asked as readily as those who
// had answered: most lookups found nobody in the end, or fewer than eight.
//
//	                                flat table                              buckets
//	                                private      public       before        private      public       before
//	alone                           0.47 0.86    0.51 0.90    0.41 0.74     0.49 1.05    0.54 1.14    0.48 0.97
//	1,000 forged pings              0.46 0.86    0.49 0.90    2.05 187      0.49 1.05    0.55 1.14    0.52 5.16
//	20,000 forged pings             0.46 0.86    0.49 0.90    164  187      0.49 1.05    0.55 1.14    0.54 5.16
//	100,000 forged pings            0.46 0.86    0.49 0.90    164  187      0.49 1.05    0.55 1.14    0.56 4.16
//	1 rogue, ids anywhere           0.46 0.86    0.48 0.90    1.30 44.2     0.49 0.96    0.53 1.06    0.56 17.2
//	1 rogue, ids near the target    0.47 0.98    0.50 1.04    0.44 27.2     0.49 0.98    0.53 1.04    0.59 22.6
//	1 rogue, ids near ourselves     0.47 0.86    0.50 0.90    0.42 27.2     0.51 0.89    0.54 0.91    0.51 28.2
//	20 rogues, ids anywhere         0.39 1.75    0.44 1.78    189  343      0.43 2.14    0.51 2.20    13.1 162
//	20 rogues, ids near the target  0.38 2.33    0.44 2.39    34.3 267      0.41 2.74    0.47 2.78    34.3 109
//	20 rogues, ids near ourselves   0.38 0.86    0.44 0.90    0.35 27.2     0.41 0.86    0.47 1.26    0.41 35.5
package bench
