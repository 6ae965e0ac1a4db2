// Package conformance holds "lightdht probe" against real clients: what it finds in each is
// compared with a table (testdata/faults.txt), and each rule that a node must keep and is said to
// break is confirmed by a raw exchange of datagrams, written by hand and independent of the probe's
// code.
//
// Each client runs twice on one bridge, with an address of its own, in a network of thirty nodes of
// lightdht. One is examined from two addresses that nobody else uses, the other from one address
// that is shared by all probes. A run takes some ten minutes, most of which is waiting, as the
// probes keep to their default rate; it is made by hand:
//
//	LIGHTDHT_MAKES=1 go test -count=1 -v -timeout 30m -run TestMakes ./conformance
//
// With LIGHTDHT_MAKES=DIR the reports are kept in that directory. The table of the clients by
// groups of rules, which examples/README.md has, is printed at the end.
//
// Left out are nictuku/dht, shiyanhui/dht and the DHT server of bitmagnet: no version of their
// modules could be had through the Go module proxy when the table was made.
package conformance
