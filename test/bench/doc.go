// Package bench measures what the project promises about time and memory. It
// tests nothing: figures depend on the machine, and nobody should have to wait
// for them.
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
package bench
