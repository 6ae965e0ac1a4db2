package sim

import (
	"runtime"
	"time"

	"github.com/lightdht/lightdht/dht"
)

// start is the time at which a world's clock begins. The time before it is the past in which the
// nodes of a warm start have met.
const start = dht.Time(24 * time.Hour)

// maxCores bounds the shards: with more of them, each has too little to do in one window (chosen by
// us).
const maxCores = 16

// DefaultNodes is the default of Config.Nodes.
const DefaultNodes = 500

// Config says what a world is. The zero value of each field means its default.
type Config struct {
	// Nodes is how many members the network has at first. Default 500.
	Nodes int
	// Seed decides all random choices. Two worlds of the same configuration, used in the same way,
	// are the same to the byte.
	Seed uint64
	// HostsPerPrefix is how many hosts share a /24, and, if they have an IPv6 address, a /64; 1 to
	// 254. Default 0: they are scattered.
	HostsPerPrefix int
	// NodesPerHost is how many nodes share an address, at ports from 6881 on, 1 to 1000.
	// Default 1.
	NodesPerHost int
	// Public has members keep to the rules of the public DHT: one node of an address in
	// a table and one of a /24 or /64 in a bucket, two queries a second to an address.
	// Default false.
	Public bool
	// Link is what the network does to a datagram.
	Link Link
	// Cold makes the members find each other, one joining after another, before
	// New returns. Default: a warm start.
	Cold bool
	// V6 is the share of members that have an IPv6 address besides their IPv4 one,
	// 0 to 1: they are members of both networks (BEP 32), with a table for each. Who
	// is among them follows from the seed and the member's number alone. If it is not
	// 0, nodes opened by the caller are members of both too. Default 0: the network
	// is IPv4.
	V6 float64
	// K is how many nodes share a bucket in the tables of members. Default 8.
	K int
	// Alpha is how many queries are in flight at once in a search of a member:
	// of the background traffic, to join, to refresh its table. Default 3 (the
	// Kademlia paper).
	Alpha int
	// Dead is the share of contacts in the tables of a warm start that are
	// dead, as if they had left without a word since they last answered; 0 to
	// 0.9. Default 0.
	Dead float64
	// Partition is the share of members that are cut off from the others when
	// New returns; see [World.Partition]. Default 0.
	Partition float64
	// Churn is how members come and go. Nodes counts those that are away. Default: they stay.
	Churn Churn
	// Skew is how wrong the clocks of members are. Default: they are right.
	Skew Skew
	// Mix is how many members behave in another way than BEP 5 asks. Default: none.
	Mix Mix
	// Traffic is the background searches of members. Default: none.
	Traffic Traffic
	// Cores is how many processors a large world uses at most; more than 16 are of no use. It does
	// not change any result. Default: as many as Go uses (GOMAXPROCS).
	Cores int
	// SimulateIdle has idle times simulated, too. Default: they are skipped; see the package
	// comment.
	SimulateIdle bool
	// MaxBytes is how much memory the members may take. New, and methods that add members later,
	// fail with a [TooLargeError] before they allocate more. Default 0: no limit. Go's garbage
	// collector, with its default settings, uses as much again.
	MaxBytes int64
	// Digest keeps a digest of every datagram sent, for [World.Digest]. It costs
	// some 0.3 us a datagram.
	Digest bool
	// Progress is called now and then, from New, with the number of members
	// made and to be made; the last time with both equal. Default nil: it is
	// not called.
	Progress func(done, total int)
}

// BytesPerNode is what a member takes in a network at rest, table included. MaxBytes is judged by
// it. It is measured in a warm network of a million, where a table has 142 contacts; in one of
// 10,000 each member takes 5.5 KB.
const BytesPerNode = 8 << 10

func (c *Config) validate() error {
	if c.Nodes == 0 {
		c.Nodes = DefaultNodes
	}
	if c.Cores == 0 {
		c.Cores = runtime.GOMAXPROCS(0)
	}
	switch {
	case c.Cores < 1:
		return problem("cores must be at least 1, got %d", c.Cores)
	case c.Nodes < 1:
		return problem("nodes must be at least 1, got %d", c.Nodes)
	case c.HostsPerPrefix < 0 || c.HostsPerPrefix > 254:
		return problem("hosts_per_prefix must be 1 to 254, got %d", c.HostsPerPrefix)
	case c.NodesPerHost < 0 || c.NodesPerHost > 1000:
		return problem("nodes_per_host must be 1 to 1000, got %d", c.NodesPerHost)
	case c.Nodes > c.most():
		return problem("nodes must be at most %d, got %d", c.most(), c.Nodes)
	case c.MaxBytes < 0:
		return problem("the memory limit must not be negative, got %d bytes", c.MaxBytes)
	case !(c.V6 >= 0 && c.V6 <= 1): // refuses NaN too
		return probability("v6", c.V6)
	case !c.fits(c.Nodes):
		return c.tooLarge(c.Nodes)
	case c.K < 0 || c.K > 100:
		return problem("k must be 1 to 100, got %d", c.K)
	case c.Alpha < 0 || c.Alpha > 100:
		return problem("alpha must be 1 to 100, got %d", c.Alpha)
	case !(c.Dead >= 0 && c.Dead <= maxDead): // refuses NaN too
		return problem("dead must be between 0 and %v, got %v", maxDead, c.Dead)
	case c.Dead > 0 && c.Cold:
		return problem("dead is a share of the contacts of a warm start, and the start is cold")
	}
	if err := probability("partition", c.Partition); err != nil {
		return err
	}
	for _, part := range []interface{ validate() error }{c.Link, c.Churn, c.Skew, c.Mix, c.Traffic} {
		if err := part.validate(); err != nil {
			return err
		}
	}
	return nil
}

// k is how many nodes share a bucket.
func (c *Config) k() int {
	if c.K == 0 {
		return dht.DefaultK
	}
	return c.K
}

// shards is how many shards a world has besides the caller's: one for each core; one in a small
// world, which has too few events at a time.
func (c *Config) shards() int {
	if c.Nodes < minPrefetchNodes {
		return 1
	}
	return min(c.Cores, maxCores)
}

// crowding is how addresses are assigned.
func (c *Config) crowding() crowding {
	how := crowding{hosts: uint32(c.HostsPerPrefix)}
	if c.NodesPerHost > 1 {
		how.ports = uint32(c.NodesPerHost)
	}
	return how
}

// most is how many members there can be.
func (c *Config) most() int {
	if c.crowding() != (crowding{}) {
		return crowdedOpened
	}
	return maxMembers
}

// Bytes is what the members would take in memory, as MaxBytes is judged. It is 0 if such a network
// cannot be made.
func (c Config) Bytes() int64 {
	c.MaxBytes = 0
	if c.validate() != nil {
		return 0
	}
	return int64(c.Nodes) * c.bytesPerNode()
}

// fits reports whether a number of members may be made.
func (c *Config) fits(nodes int) bool {
	return c.MaxBytes == 0 || int64(nodes) <= c.MaxBytes/c.bytesPerNode()
}

func (c *Config) tooLarge(nodes int) error {
	each := c.bytesPerNode()
	return &TooLargeError{Nodes: nodes, Fit: int(c.MaxBytes / each), MaxBytes: c.MaxBytes, BytesPerNode: each}
}

// bytesPerNode is what a member takes on average. A member of both networks takes more than twice
// as much as others: the addresses in its second table are longer.
func (c *Config) bytesPerNode() int64 {
	return BytesPerNode + int64(c.V6*(BytesPerNode+bytesOfSix))
}

// bytesOfSix is what the IPv6 addresses in a table take, and the second table itself, in a world of
// a million.
const bytesOfSix = 3 << 10

// maxDead bounds Dead, so that live contacts are not lost among dead ones.
const maxDead = 0.9

// minPrefetchNodes is the number of members from which on it pays (measured): the working set of
// fewer fits the cache.
const minPrefetchNodes = 4096
