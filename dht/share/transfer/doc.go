// Package transfer puts the items of a shared file into a network, and gets a file from there.
//
// A [Transfer] works for one node. [Transfer.Put] stores items, [Transfer.Point] a signed pointer
// to the newest version of a file, and [Transfer.File] gets the file that a link leads to. Each of
// them works on up to 8 items at a time, starts 20 a second, and tries an item three times before
// it gives up. [Keep] has the node store its items again every hour.
//
// A Transfer belongs to one goroutine; the goroutines that it starts end before its call returns.
// Its node's loop must allow calls from several goroutines, as [*udp.Host] does. Errors are those
// of the context, or a [*share.Error] that says what nobody has, or nobody took. What a Transfer
// returns belongs to the caller.
//
// The files form layers, from the lowest: transfer; get, put.
//
// [*udp.Host]: https://pkg.go.dev/github.com/lightdht/lightdht/dht/udp#Host
package transfer
