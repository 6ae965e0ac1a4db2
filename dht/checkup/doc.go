// Package checkup finds out why a node cannot see its network.
//
// [Run] goes the way into a network that an [entry.Way] describes, step by step: bind a socket,
// resolve the names, find a route, ping the nodes to join through, look up its own id, learn from
// the replies how others see this machine, wait whether a node that it never asked gets through
// (NAT, firewall), see whether the table grows, compare the clocks. Each step gives a [Finding],
// which is handed to a function as soon as it is there: what was measured, and what to do. The
// texts name the flags of the lightdht command. A [Config] brings what the steps need besides
// sockets: the resolver, the routes of the system, the clock.
//
// Run belongs to one goroutine, on which its callbacks are called; the node that it makes is
// closed, and its goroutines have ended, when it returns.
//
// The files form layers, from the lowest: checkup, observer; clock, examination.
package checkup
