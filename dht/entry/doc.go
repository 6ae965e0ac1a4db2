// Package entry finds the way of a node on UDP into a network: the addresses to listen at, the
// nodes to join through, and how far the node may reach.
//
// A [Way] says what is known beforehand: names to join through, or that the network is the public
// DHT, and what the user allows. [Way.Find] resolves the names, chooses where to listen, leaves out
// what cannot be reached from there, and refuses addresses at which no node can be.
// [Addresses.Bind] then opens the sockets. The parts are there by themselves for a program that
// reports each step: [Lookup.Resolve], [Way.Home], [Way.Reach], [Way.Joinable], [Route].
//
// All types are values that any goroutine may use. What ends with an [*Error] failed because of the
// network; other errors are wrong input, or those of a context. Messages are sentences for people,
// without the name of the package; they name the flags of the lightdht command that set the fields:
// --join, --bootstrap, --listen.
//
// The files form layers, from the lowest: error, grant; addresses, resolve; route; way.
package entry
