// Package member makes a node on UDP a member of a network, and keeps it one.
//
// [Open] binds the sockets and makes the node, with the id and the nodes of the last time if there
// is a state file; [Member.Join] enters the network, through the nodes that an [entry.Way] names
// and those of the last time, and says meanwhile what it waits for; [Member.Close] saves the state
// and closes the node.
//
// A Member belongs to one goroutine, except for its node. The functions of a [Config] are called
// from the goroutine of the call, but Warn also from one that the Member owns, which ends with
// Close. What ends with an [*entry.Error] failed because of the network; other errors are wrong
// input, or those of a context. Messages are sentences for people that name the flags of the
// lightdht command.
//
// The files form layers, from the lowest: refusal; member; join.
package member
