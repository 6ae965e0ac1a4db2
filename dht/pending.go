package dht

import (
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// fewPending is up to how many queries are searched linearly.
const fewPending = 16

// pending holds the queries that wait for an answer: as a heap with the one that must be looked at
// first on top, and, once they are many, by transaction id. Ties are broken by transaction id, so
// the order depends only on the queries.
type pending struct {
	heap []*query
	byTx map[uint32]*query // nil: the heap is searched
}

func (p *pending) len() int { return len(p.heap) }

// find returns the query of a transaction id, or nil.
func (p *pending) find(tx uint32) *query {
	if p.byTx != nil {
		return p.byTx[tx]
	}
	for _, q := range p.heap {
		if q.tx == tx {
			return q
		}
	}
	return nil
}

// rawTo returns the raw query to an address that was sent first, or nil.
func (p *pending) rawTo(addr netip.AddrPort) (first *query) {
	for _, q := range p.heap {
		if q.raw && q.to.Addr == addr && (first == nil || q.sent < first.sent || q.sent == first.sent && q.tx < first.tx) {
			first = q
		}
	}
	return first
}

// next returns when the first query must be looked at.
func (p *pending) next() (Time, bool) {
	if len(p.heap) == 0 {
		return 0, false
	}
	return p.heap[0].wake, true
}

func (p *pending) add(q *query) {
	q.index = int32(len(p.heap))
	p.heap = append(p.heap, q)
	p.up(int(q.index))
	switch {
	case p.byTx != nil:
		p.byTx[q.tx] = q
	case len(p.heap) > fewPending:
		p.byTx = make(map[uint32]*query)
		for _, q := range p.heap {
			p.byTx[q.tx] = q
		}
	}
}

// remove takes q out; false if it was out already.
func (p *pending) remove(q *query) bool {
	i, last := int(q.index), len(p.heap)-1
	if i < 0 {
		return false
	}
	p.swap(i, last)
	p.heap[last] = nil
	p.heap = p.heap[:last]
	q.index = -1
	if i < last {
		p.down(i)
		p.up(i)
	}
	if p.byTx != nil {
		delete(p.byTx, q.tx)
	}
	if last == 0 {
		p.byTx = nil
		if cap(p.heap) > fewPending { // a simulation has a million idle nodes, which should hold little memory
			p.heap = nil
		}
	}
	return true
}

func (p *pending) less(i, j int) bool {
	a, b := p.heap[i], p.heap[j]
	return a.wake < b.wake || a.wake == b.wake && a.tx < b.tx
}

func (p *pending) swap(i, j int) {
	p.heap[i], p.heap[j] = p.heap[j], p.heap[i]
	p.heap[i].index, p.heap[j].index = int32(i), int32(j)
}

func (p *pending) up(i int) {
	for i > 0 && p.less(i, (i-1)/2) {
		p.swap(i, (i-1)/2)
		i = (i - 1) / 2
	}
}

func (p *pending) down(i int) {
	for {
		child := 2*i + 1
		if child >= len(p.heap) {
			return
		}
		if child+1 < len(p.heap) && p.less(child+1, child) {
			child++
		}
		if !p.less(child, i) {
			return
		}
		p.swap(i, child)
		i = child
	}
}

// Call is one query to be sent. The zero value of a field means: not used by
// the method, or the default.
type Call struct {
	Method  string        // "ping", "find_node", "get_peers", "announce_peer", "get", "put", "sample_infohashes" or any other
	Target  krpc.ID       // of all of these but ping and put: the target or info_hash
	Want    krpc.Want     // find_node, get_peers, get, sample_infohashes: the lists of nodes to ask for (BEP 32)
	Scrape  bool          // get_peers: ask for Bloom filters (BEP 33)
	NoSeed  bool          // get_peers: prefer peers that are not seeds (BEP 33)
	Port    uint16        // announce_peer
	Implied bool          // announce_peer: use the port the query comes from instead
	Seed    bool          // announce_peer: has the whole torrent (BEP 33)
	Token   []byte        // announce_peer, put
	Item    *krpc.Item    // put
	Cas     *int64        // put of a mutable item: only if this is the stored seq
	Seq     *int64        // get: only an item newer than this
	Args    []byte        // any other method: its arguments, a bencoded dictionary; `id` is added
	Raw     []byte        // the datagram as it is, instead of all the above; see [Node.Query]
	ID      krpc.ID       // ask under another id than the node's
	Timeout time.Duration // default Config.QueryTimeout
}

// Reply is the outcome of a query.
type Reply struct {
	// From is the node that answered, with the id it gave; on failure, the node that was asked.
	From krpc.Contact
	// RTT is how long the answer took.
	RTT time.Duration
	// Message is the response. It is valid during the callback only; nil on failure.
	Message *krpc.Message
	// Err is nil or a [*QueryError].
	Err error
}

// query is a pending call: a query that waits for its answer, in 128 bytes, two cache lines.
type query struct {
	tx       uint32
	index    int32 // in the heap of deadlines; -1 when it is not there
	to       krpc.Contact
	method   string
	sent     Time
	wake     Time // when to look at it next: it is slow, or timed out
	deadline Time

	done    func(Time, Reply) // the callback; nil: there is no callback, or the search is told
	search  *Search           // the search that it belongs to, if any
	step    int32             // of a search: its place in the path
	telling bool              // of a search: it announces or stores
	spare   bool              // it goes to the free list when it is over
	phase   phase             // how long it has waited
	raw     bool              // it takes any answer from its address
}

// phase is how long a query has waited for its answer.
type phase uint8

const (
	prompt    phase = iota // not long
	delayed                // it waits for its turn and was not sent yet
	slow                   // longer than nearly every answer takes
	tardy                  // so long that it should not hold up a result that is complete without it
	lost                   // so long that it should not be awaited; an answer still counts
	retryMark              // it was answered with an error; it only marks when to ask once more
)

// Back-off of the queries to the entry nodes until one of them answers (chosen by simulation). If
// half of all datagrams are lost, three of four tries fail: with some forty tries in the time of a
// join, one join in a hundred thousand fails. On the public DHT there are at most two tries a
// second to one address.
const (
	joinFirst       = 250 * time.Millisecond
	joinFirstPublic = 500 * time.Millisecond
	joinLast        = 30 * time.Second
	joinSlower      = 50 // each pause is longer than the last by a 50th
)

// joining is the retry state of a search that enters a network: addresses without a known id are
// asked again and again until any node has answered.
type joining struct {
	until Time // 0: for ever
	pause time.Duration
}

// next is how long to wait for an answer before asking once more.
func (j *joining) next() time.Duration {
	wait := j.pause
	j.pause = min(j.pause+j.pause/joinSlower, joinLast)
	return wait
}
