package dht

import (
	"net/netip"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/store"
	"github.com/lightdht/lightdht/dht/table"
)

// The response budget: how long an answer may be, in bytes of UDP payload.
const (
	usualAnswer   = 1024 // BEP 32
	itemAnswer4   = 1472 // with a BEP 44 value: the payload of a packet of 1500 bytes,
	itemAnswer6   = 1452 // over IPv6
	maxAnswer     = itemAnswer4
	amplification = 4 // times the query, if the sender's address may be forged
)

// The size of the parts of an answer, in bytes.
const (
	frame       = 118 // the fixed parts, with an IPv4 address and an 8-byte token, but without t and v
	addr6Longer = 13  // the querier's address is longer over IPv6
	node4Size   = 26
	node6Size   = 38
	value4Size  = 8
	value6Size  = 21
	filtersSize = 2 * 266
	valueFrame  = 3
	signedFrame = 157 // key, signature and seq of a mutable item
	seqFrame    = 26  // its seq alone
	sampleFrame = 44
)

// budget is how many bytes are left for lists, beside those that r has already.
func (q *question) budget(r *krpc.Response) int {
	most, left := usualAnswer, -frame-len(q.m.Tx)-q.version
	switch it := r.Item; {
	case it == nil:
	case r.SeqOnly:
		left -= seqFrame
	default:
		if most = itemAnswer6; q.net.is4() {
			most = itemAnswer4
		}
		if left -= valueFrame + len(it.Value); it.Mutable {
			left -= signedFrame
		}
	}
	if !q.net.is4() {
		left -= addr6Longer
	}
	if r.SeedFilter != nil {
		left -= filtersSize
	}
	if r.Sampled {
		left -= sampleFrame + krpc.IDLen*len(r.Samples)
	}
	left -= q.valueSize()*len(r.Values) + node4Size*len(r.Nodes) + node6Size*len(r.Nodes6)
	return max(0, min(most, q.most)+left)
}

func (q *question) valueSize() int {
	if q.net.is4() {
		return value4Size
	}
	return value6Size
}

// maxNodes is how many nodes of a family fit.
func (q *question) maxNodes(r *krpc.Response, v4 bool) int {
	if v4 {
		return q.budget(r) / node4Size
	}
	return q.budget(r) / node6Size
}

// nodesReserve is the size of eight nodes of each family that the sender wants: other lists leave
// it free.
func (q *question) nodesReserve() int {
	want := q.m.Want
	if want == 0 {
		want = q.net.want()
	}
	room := 0
	if want&krpc.Want4 != 0 {
		room += DefaultK * node4Size
	}
	if want&krpc.Want6 != 0 {
		room += DefaultK * node6Size
	}
	return room
}

// maxValues is how many peers fit beside eight nodes, but at least one.
func (q *question) maxValues(r *krpc.Response) int {
	return max(1, (q.budget(r)-q.nodesReserve())/q.valueSize())
}

// maxSamples is how many info-hashes fit beside eight nodes.
func (q *question) maxSamples() int {
	r := krpc.Response{Sampled: true}
	return max(0, (q.budget(&r)-q.nodesReserve())/krpc.IDLen)
}

// amplifies reports whether an answer to a query of size bytes would help to flood a victim whose
// address the sender has forged.
func (n *server) amplifies(packet []byte, m *krpc.Message, size int) bool {
	return n.cfg.guard && len(packet) > n.owed(m, size)
}

// owed is how long an answer to a query of size bytes may be while its sender's address may be
// forged. The table's ping of a newcomer goes to the same address and counts.
func (n *server) owed(m *krpc.Message, size int) int {
	most := amplification * size
	if m.Has&krpc.HasID != 0 && !m.ReadOnly {
		most -= challengeSize + len(n.cfg.version())
	}
	return most
}

// proven reports whether a sender has shown lately that it is at its address: by answering a query
// that we sent there.
func (n *server) proven(now Time, from netip.AddrPort, m *krpc.Message) bool {
	e, ok := n.tableOf(from).Get(now, m.ID)
	return ok && e.Addr == from && e.LastReply > 0 && now.Sub(e.LastReply) < provenFor
}

// provenFor is how long a node is good after an answer (BEP 5).
const provenFor = table.GoodFor

// server is the part of a node that answers queries. It stores the peers that others announce, and
// limits the rate of answers.
type server struct {
	asker
	answers limiter
	peers   store.Peers
	tokens  store.Tokens
}

// question is a query that gets the built-in answer.
type question struct {
	now     Time
	from    netip.AddrPort
	m       *krpc.Message
	net     *network // the network that it came from
	most    int      // bytes that the answer may have
	version int      // how many of them the node's version takes
	bare    bool     // leave out the parts that cannot be cut: values, filters
	refused bool     // the answer is an error
}

// challengeSize is the length of a ping, in bytes, without its version.
const challengeSize = 64
