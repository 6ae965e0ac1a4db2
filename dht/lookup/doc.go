// Package lookup decides which node to ask next, and when to stop: the iterative search of Kademlia
// (BEP 5) as a state machine without clock, socket or waiting. Events go in through [Walk.Step],
// contacts to query come out.
//
// The caller sends the queries and keeps their two timers. After the short one it reports [Slow],
// so that another node is asked meanwhile; after the long one, or on an error, [Silence]. So a
// silent node never stalls a walk, and a late answer is never wasted.
//
// All input is taken for hostile: a walk asks no node twice, asks a bounded number of nodes, and
// holds a bounded amount of memory.
//
// The files form layers, from the lowest: node, walk, index, candidate, grade, step, prefetch.
package lookup
