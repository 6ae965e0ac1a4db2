// Package table remembers contacts: who was heard of, who answered, who is
// nearest to a target, and whom to check next. It sends nothing; the node tells
// it what happened and carries out the jobs it asks for.
//
// There are two tables with the same methods:
//
//   - [Flat] forgets nobody. It is one dictionary of every contact ever heard of,
//     in the order first heard, with a hidden index that finds the nearest few
//     among millions in microseconds. Nothing is evicted; a script may remove.
//   - [Buckets] is the routing table of BEP 5: k nodes for each distance from our
//     own id, and only nodes that answered us. It fits in a few kilobytes, so a
//     simulated world can have a million of them.
//
// Whom to pass on to others is the same question for both and has one answer: a
// Flat contains a Buckets and asks it. A research table handed out as it is
// would fill the network with dead contacts.
//
// The node reports events: Heard (somebody mentioned a contact), Queried (it sent
// us a query), Asked (we sent it one), Answered (it replied, from exactly the
// address asked), Silent (it did not). From these follow the states of BEP 5;
// see [Status]. Closest says whom to ask, Serve whom to hand to others. Next and
// Due are the upkeep.
//
// The package is pure: time and randomness come in as arguments. A table belongs
// to one goroutine.
package table
