package dht

import (
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
)

// Entry is a copy of what a table knows of one node.
type Entry = table.Entry

// Room is memory for the tables of many nodes that keep [BucketsTable].
type Room = table.Room

// Table is what a node remembers of others; package table has the two that
// exist, and says what each method does. A host reads it, and may Remove and
// Restore; the node itself calls the rest.
type Table interface {
	Heard(now Time, c krpc.Contact) (fresh bool)
	Queried(now Time, c krpc.Contact, version []byte) (fresh bool)
	Asked(now Time, c krpc.Contact)
	Answered(now Time, c krpc.Contact, rtt time.Duration, version []byte) (fresh bool)
	Silent(now Time, c krpc.Contact)

	Closest(now Time, target krpc.ID, n int, dst []krpc.Contact) []krpc.Contact
	Serve(now Time, target krpc.ID, n int, dst []krpc.Contact) []krpc.Contact

	Len() int
	Get(now Time, id krpc.ID) (table.Entry, bool)
	Nearest(now Time, target krpc.ID, n int) []table.Entry
	Page(now Time, from int, dst []table.Entry) (entries []table.Entry, next int)
	End() int
	Remove(id krpc.ID) bool
	Restore(now Time, e table.Entry) bool

	Next() (Time, bool)
	Due(now Time, src krpc.Source) (job table.Job, ok bool)
}
