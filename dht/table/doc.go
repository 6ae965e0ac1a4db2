// Package table stores contacts: which nodes were heard of, which answered, which are nearest to a
// target, and which to check next. It sends nothing; the node tells it what happened and carries
// out the jobs it asks for.
//
// There are two tables with the same methods:
//
//   - [Flat] keeps every contact ever heard of, in the order first heard: one dictionary with a
//     hidden index that finds the nearest few among millions in microseconds. Nothing is evicted; a
//     script may remove.
//   - [Buckets] is the routing table of BEP 5: k-buckets, with k nodes for each distance from our
//     own id, all of which have answered us, and a replacement cache. It takes a few kilobytes, so
//     a simulated world can have a million of them.
//
// Both answer the question which nodes to hand to others in the same way: a Flat contains a Buckets
// and asks it. A research table handed out as it is would fill the network with dead contacts.
//
// The node reports events: Heard (another node mentioned a contact), Queried (it sent us a query),
// Asked (we sent it one), Answered (it replied, from exactly the address asked), Silent (it did
// not). The states of BEP 5 follow from these; see [Status]. Closest finds nodes to ask, Serve
// nodes to hand to others. Next and Due are the upkeep.
//
// The files form layers, from the lowest: record, slot, slotlist, roster, members; nearest,
// diverse; upkeep, refresh, buckets, prefetch, admit, jobs, fill, events; records, index, claims,
// dictionary, flat; move, save.
//
// The package is pure: time and randomness are arguments. A table belongs to one goroutine.
package table
