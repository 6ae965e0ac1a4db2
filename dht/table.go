package dht

import (
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
)

// Entry is a copy of what a table knows of one node.
type Entry = table.Entry

// Room is memory for the tables of many nodes that keep [BucketsTable].
type Arena = table.Arena

// Table is what a node remembers of others, as its host sees it: to read, and to
// Remove from or Restore to. Package table has the two that exist, and says what
// each method does.
type Table interface {
	Heard(now Time, c krpc.Contact) (fresh bool)
	Answered(now Time, c krpc.Contact, rtt time.Duration, version []byte) (fresh bool)
	Serve(now Time, target krpc.ID, n int, dst []krpc.Contact) []krpc.Contact

	Len() int
	Get(now Time, id krpc.ID) (table.Entry, bool)
	Nearest(now Time, target krpc.ID, n int) []table.Entry
	Page(now Time, from int, dst []table.Entry) (entries []table.Entry, next int)
	End() int
	Remove(id krpc.ID) bool
	Restore(now Time, e table.Entry) bool
}

// register is a table as the node keeps it.
type register interface {
	Table
	Queried(now Time, c krpc.Contact, version []byte) (fresh bool)
	Asked(now Time, c krpc.Contact)
	Silent(now Time, c krpc.Contact)

	Named(now Time, c krpc.Contact, by netip.Addr) (fresh bool)
	Proven(now Time, target krpc.ID, n int, dst []krpc.Contact) []krpc.Contact
	Hearsay(now Time, target krpc.ID, n int, dst []krpc.Contact) []krpc.Contact

	Welcome(now Time, c *krpc.Contact) bool
	Has(id krpc.ID) bool
	Move(now Time, own krpc.ID)
	Skip(end int)

	Next() (Time, bool)
	Due(now Time, src krpc.Source) (job table.Job, ok bool)
}
