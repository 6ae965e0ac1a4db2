// Package lookup decides whom to ask next, and when to stop asking: the
// iterative search of Kademlia (BEP 5) as a state machine without clock, socket
// or waiting. Events go in through [Walk.Step], contacts to query come out.
//
// The caller sends the queries and keeps their two timers: after the short one
// it reports [Slow], which lets somebody else be asked meanwhile; after the long
// one, or on an error, [Silence]. So a silent node never stalls a walk, and a
// late answer is never wasted.
//
// Everything heard is taken for hostile: whatever is fed, a walk asks nobody
// twice, asks a bounded number of nodes, and holds a bounded amount of memory.
package lookup
