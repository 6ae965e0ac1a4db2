// Package hostile is what an attacker tries: scripts, datagrams, archives, files and
// forgers, one story each in testdata, in the language of testscript
// (https://pkg.go.dev/github.com/rogpeppe/go-internal/testscript). Each says what its
// victim may take of this machine at most; what it took is measured by the operating
// system, compared, and printed as a table. All the while a node in the process of the
// test answers pings, and must go on doing so.
//
// Besides the usual commands there are
//
//	hostile [BOUNDS] lightdht ARG...  run it, and measure; its output is what stdout and stderr look at
//	serving lightdht ARG...           start it; go on when it says "listening on ADDR", which becomes $ADDR
//	sentinel NAME ADDR                listen at an address of this machine, $NAME, where nothing is to arrive
//	heard NAME COUNT [BYTES]          of no more than COUNT datagrams there, and no fewer than one unless COUNT is 0
//	rogue CONTACT...                  a node at $ROGUE that names these contacts in all its answers
//	asked COUNT                       the rogue was asked this often at least
//	forge ADDR COUNT MOST METHOD [FROM]
//	                                  send queries that nothing proves the sender of, as few as are answered: no
//	                                  more than MOST times their bytes may come back, and something must; with !,
//	                                  more than that
//	island                            a network of its own for what follows, with addresses of all kinds, out
//	                                  of which each datagram is counted; [island] tells whether it can be had
//	left COUNT                        the same for datagrams that have left the island
//
// The bounds of hostile are
//
//	-exit CODE      how it ends; default 0
//	-maxrss SIZE    the most memory that it may have had at a time, as 100MB; default 100MB
//	-maxbytes SIZE  the most that it may write, to stdout, to stderr and into files; default 1MB
//	-pings COUNT    its own node is asked meanwhile, at $OWN, and answers so often if it lives for a second
//
// $NODE is the address of a node in the process of the test, of which each case has one
// for itself: it would tell others of those that are gone.
package hostile
