package lookup

import "github.com/lightdht/lightdht/dht/krpc"

// state is how far the query to a candidate has come.
type state uint8

const (
	unasked  state = iota
	flying         // asked, within the short timeout
	slow           // asked, past it
	tardy          // asked, so long ago that it is awaited only while fewer than K have answered
	silent         // given up
	answered       // under any id
)

// node is a candidate: 64 bytes, one cache line.
type node struct {
	krpc.Contact
	hop     uint16
	next    uint16 // see index
	by      source
	state   state
	balance int8 // of the contacts it named: how many answered, minus how many did not
}

// ranked is a candidate in a list that is sorted by distance. Most comparisons need only the first
// bits of the distance.
type ranked struct {
	far  uint64 // first 64 bits of the distance to the target
	node int32  // the candidate's number
}

// source is what named a candidate: the number of a candidate plus one, or one of these.
type source uint16

const (
	ownWord source = 0         // the caller, which had an answer from it
	hearsay source = 1<<16 - 1 // the caller, which was told of it
	excess  source = 1<<16 - 2 // any, as there are too many in its network
)

// namer is the source that is candidate i.
func namer(i int32) source { return source(i) + 1 }

// index finds candidates by host, in lists chained through [node.next]: each entry is the number of
// the first of its list plus one, or 0. A walk has some hundred candidates, and looks up nine of
// them with each answer.
type index [256]uint16
