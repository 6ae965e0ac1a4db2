package dht

import (
	"net/netip"

	"github.com/lightdht/lightdht/dht/krpc"
)

func (n *server) question(now Time, from netip.AddrPort, m *krpc.Message) question {
	return question{
		now: now, from: from, m: m, net: n.networkOf(from.Addr()), most: maxAnswer, version: len(n.cfg.version()),
	}
}

// answer serves one query. A read-only node serves none (BEP 43).
func (n *server) answer(now Time, from netip.AddrPort, size int, m *krpc.Message) {
	if n.cfg.ReadOnly {
		n.stats.Unserved++
		return
	}
	if m.Has&krpc.HasID != 0 && m.ID == n.cfg.ID {
		n.stats.Reflected++
		return
	}
	if !n.answers.allow(now, n.hostOf(from), n.costOf(m)) {
		n.stats.RateLimited++
		return
	}
	n.stats.QueriesIn++
	if m.Has&krpc.HasID != 0 && !m.ReadOnly {
		if c := (krpc.Contact{ID: m.ID, Addr: from}); n.usable(&c) && n.admits(now, c) {
			n.announceFresh(now, n.tableOf(from).Queried(now, c, m.Version), c)
		}
	}
	if n.hooks().Query != nil && n.offer(now, from, size, m) {
		return
	}
	n.builtin(now, from, size, m)
}

// putCost is how many replies a put counts for: its signature takes some 50 us to verify, an answer
// 1 us and the kernel's part 5.
const putCost = 10

// costOf is how many replies a query counts for. In a network of one's own, in which few nodes hold
// all items, a put counts like any other query.
func (n *server) costOf(m *krpc.Message) int {
	if n.cfg.Public && string(m.Method) == "put" {
		return putCost
	}
	return 1
}

// admits reports whether a querier may enter the table: it is known, or its host has not brought
// too many new ids. Buckets are small and need no such limit.
func (n *server) admits(now Time, c krpc.Contact) bool {
	x := n.optional
	if x == nil || x.newcomers.each == 0 || n.tableOf(c.Addr).Has(c.ID) {
		return true
	}
	return x.newcomers.allow(now, n.hostOf(c.Addr), 1)
}

// builtin gives the standard answer of the BEPs. On the public DHT, if it is much longer than the
// query and the sender's address may be forged, it is cut, or waits until the sender has answered a
// ping.
func (n *server) builtin(now Time, from netip.AddrPort, size int, m *krpc.Message) {
	q := n.question(now, from, m)
	packet := n.compose(&q)
	if n.amplifies(packet, m, size) && !n.proven(now, from, m) {
		n.stats.Amplified++
		q.most = n.owed(m, size)
		if packet = n.compose(&q); len(packet) > q.most && !q.refused && n.challenge(now, from, size, m) {
			return
		}
	}
	n.finish(&q, packet)
}

// finish sends the answer to a question; if it is still too long, without the parts that cannot be
// cut. An error that is too long for a query of a few bytes is not sent.
func (n *server) finish(q *question, packet []byte) {
	if len(packet) > q.most {
		q.bare = true
		if packet = n.compose(q); len(packet) > q.most && q.refused {
			return
		}
	}
	if q.refused {
		n.stats.ErrorsOut++
	} else {
		n.stats.RepliesOut++
	}
	n.reply(q.now, q.from, q.m, packet)
}

// reply sends an answer, and then calls the Answered hook: queries that the hook sends reuse the
// buffer of the answer.
func (n *server) reply(now Time, from netip.AddrPort, m *krpc.Message, packet []byte) {
	n.send(from, packet)
	if answered := n.hooks().Answered; answered != nil {
		answered(now, from, m, packet)
	}
}

// compose writes the built-in answer to a query into the scratch buffer.
func (n *server) compose(q *question) []byte {
	m := q.m
	switch {
	case m.Has&krpc.HasBody == 0:
		return n.refuse(q, krpc.CodeProtocol, "the arguments are missing")
	case m.Has&krpc.HasID == 0:
		return n.refuse(q, krpc.CodeProtocol, "id must be a string of 20 bytes")
	}
	switch string(m.Method) {
	case "ping":
		return n.response(q, &krpc.Response{})
	case "find_node":
		return n.answerNodes(q)
	case "get_peers":
		return n.answerPeers(q)
	case "announce_peer":
		return n.answerAnnounce(q)
	case "get":
		return n.answerGet(q)
	case "put":
		return n.answerPut(q)
	case "sample_infohashes":
		return n.answerSample(q)
	}
	// libtorrent and mldht answer unknown methods like find_node if these name a point in the key
	// space; BEP 51 relies on it.
	switch {
	case m.Has&krpc.HasTarget != 0:
		return n.answerNodes(q)
	case m.Has&krpc.HasInfoHash != 0:
		return n.response(q, n.withNodes(q, m.InfoHash, &krpc.Response{}))
	}
	return n.refuse(q, krpc.CodeMethodUnknown, "method unknown")
}

// Texts of errors about the arguments of a query.
const (
	badTarget   = "target must be a string of 20 bytes"
	badInfoHash = "info_hash must be a string of 20 bytes"
	badPort     = "port must be 1 to 65535"
	badToken    = "bad token"
	badSeq      = "seq must be an integer from 0 to 2^63-1"
	fullStore   = "the store is full"
)

func (n *server) answerNodes(q *question) []byte {
	if q.m.Has&krpc.HasTarget == 0 {
		return n.refuse(q, krpc.CodeProtocol, badTarget)
	}
	return n.response(q, n.withNodes(q, q.m.Target, &krpc.Response{}))
}

func (n *server) answerPeers(q *question) []byte {
	m := q.m
	if m.Has&krpc.HasInfoHash == 0 {
		return n.refuse(q, krpc.CodeProtocol, badInfoHash)
	}
	s := n.cfg.Scratch
	var r krpc.Response
	if m.Scrape && !q.bare {
		n.withFilters(q, &r)
	}
	if !n.peers.Full(m.InfoHash, q.from.Addr()) { // without a token the announce goes elsewhere, as with libtorrent
		n.withToken(q, &r)
	}
	s.values = n.peers.Sample(q.now, m.InfoHash, !q.net.is4(), m.NoSeed, q.maxValues(&r), n.src, s.values[:0])
	r.Values = s.values
	return n.response(q, n.withNodes(q, m.InfoHash, &r))
}

func (n *server) answerAnnounce(q *question) []byte {
	m, from := q.m, q.from
	port := m.Port
	if m.Implied {
		port = from.Port()
	}
	switch {
	case m.Has&krpc.HasInfoHash == 0:
		return n.refuse(q, krpc.CodeProtocol, badInfoHash)
	case port == 0:
		return n.refuse(q, krpc.CodeProtocol, badPort)
	case m.Has&krpc.HasToken == 0 || !n.tokens.Valid(q.now, from.Addr(), m.Token):
		return n.refuse(q, krpc.CodeProtocol, badToken)
	}
	if !n.peers.Announce(q.now, m.InfoHash, netip.AddrPortFrom(from.Addr(), port), m.Seed) {
		return n.refuse(q, krpc.CodeServer, fullStore)
	}
	n.stats.AnnouncesIn++
	if announce := n.hooks().Announce; announce != nil {
		announce(q.now, m.InfoHash, from, port)
	}
	return n.response(q, &krpc.Response{})
}

// answerGet answers with the item of a target, if we hold it, and nodes that may
// (BEP 44).
func (n *server) answerGet(q *question) []byte {
	m := q.m
	if m.Has&krpc.HasTarget == 0 {
		return n.refuse(q, krpc.CodeProtocol, badTarget)
	}
	if m.Bad&krpc.HasSeq != 0 {
		return n.refuse(q, krpc.CodeProtocol, badSeq)
	}
	var r krpc.Response
	n.withToken(q, &r)
	if n.optional != nil {
		if item, ok := n.optional.items.Get(q.now, m.Target); ok {
			r.SeqOnly = item.Mutable && (q.bare || m.Has&krpc.HasSeq != 0 && item.Seq <= m.Seq)
			if r.SeqOnly || !q.bare {
				r.Item = item
			}
		}
	}
	return n.response(q, n.withNodes(q, m.Target, &r))
}

// answerPut stores an item, if its sender proves its address and the item is valid. The signature
// is checked last: that takes a hundred times as long as all else.
func (n *server) answerPut(q *question) []byte {
	m := q.m
	if m.Has&krpc.HasToken == 0 || !n.tokens.Valid(q.now, q.from.Addr(), m.Token) {
		return n.refuse(q, krpc.CodeProtocol, badToken)
	}
	item, err := m.PutItem()
	if err == nil {
		var cas *int64
		if m.Has&krpc.HasCas != 0 {
			cas = &m.Cas
		}
		err = n.more().items.Put(q.now, &item, cas, q.from.Addr())
	}
	if err != nil {
		return n.refuse(q, err.Code, err.Message)
	}
	n.stats.ItemsIn++
	return n.response(q, &krpc.Response{})
}

// answerSample answers with some of the info-hashes that have peers (BEP 51).
func (n *server) answerSample(q *question) []byte {
	if q.m.Has&krpc.HasTarget == 0 {
		return n.refuse(q, krpc.CodeProtocol, badTarget)
	}
	samples, num, interval := n.more().samples.Take(q.now, &n.peers, n.src)
	r := krpc.Response{Sampled: true, Num: int64(num), Interval: int64(interval.Seconds())}
	r.Samples = samples[:min(len(samples), q.maxSamples())]
	return n.response(q, n.withNodes(q, q.m.Target, &r))
}

// withFilters adds the peers of an info-hash, as two Bloom filters (BEP 33): both, even if one is
// empty, but neither if there are no peers.
func (n *server) withFilters(q *question, r *krpc.Response) {
	s := n.cfg.Scratch
	s.seeds, s.others = krpc.Bloom{}, krpc.Bloom{} // they have the bits of the last answer
	if n.peers.Filters(q.now, q.m.InfoHash, !q.net.is4(), &s.seeds, &s.others) {
		r.SeedFilter, r.PeerFilter = &s.seeds, &s.others
	}
}

// withToken adds a token for the sender.
func (n *server) withToken(q *question, r *krpc.Response) {
	s := n.cfg.Scratch
	s.token = n.tokens.Issue(q.now, q.from.Addr(), s.token[:0])
	r.Token = s.token
}

// withNodes adds the nodes nearest to target, of the networks that the sender wants: by default,
// the one that the query came over. Only good nodes, which have answered us, are handed out. The
// sender is not named to itself: another node has its place.
func (n *server) withNodes(q *question, target krpc.ID, r *krpc.Response) *krpc.Response {
	want := q.m.Want
	if want == 0 {
		want = q.net.want()
	}
	s := n.cfg.Scratch
	s.contacts = s.contacts[:0]
	for _, w := range [...]*network{&n.home, n.far()} {
		if w == nil || want&w.want() == 0 {
			continue
		}
		from := len(s.contacts)
		most := min(int(n.cfg.k), q.maxNodes(r, w.is4()))
		s.contacts = w.table.Serve(q.now, target, most, s.contacts)
		if q.namesSender(s.contacts[from:]) >= 0 { // rare: to ask for one more each time would be slow
			s.contacts = q.others(w.table.Serve(q.now, target, most+1, s.contacts[:from]), from)
		}
		r.Lists |= w.want()
		if nodes := s.contacts[from:]; w.is4() {
			r.Nodes = nodes
		} else {
			r.Nodes6 = nodes
		}
	}
	return r
}

// namesSender returns the place of the sender among contacts, by its id or its address;
// -1 if it is not there.
func (q *question) namesSender(contacts []krpc.Contact) int {
	const last = krpc.IDLen - 1 // the byte in which ids differ most likely: it is compared first, and so is the port
	for i := range contacts {
		c := &contacts[i]
		if c.ID[last] == q.m.ID[last] && c.ID == q.m.ID || c.Addr.Port() == q.from.Port() && c.Addr == q.from {
			return i
		}
	}
	return -1
}

// others removes the sender from the contacts from a place on.
func (q *question) others(contacts []krpc.Contact, from int) []krpc.Contact {
	for {
		i := q.namesSender(contacts[from:])
		if i < 0 {
			return contacts
		}
		contacts = append(contacts[:from+i], contacts[from+i+1:]...)
	}
}

// response writes r with the fields that every response has.
func (n *server) response(q *question, r *krpc.Response) []byte {
	q.refused = false
	r.Tx, r.ID, r.IP, r.Version = q.m.Tx, n.cfg.ID, q.from, n.cfg.version()
	return r.Append(n.cfg.Scratch.packet[:0])
}

// refuse writes an error message.
func (n *server) refuse(q *question, code int, text string) []byte {
	q.refused = true
	return n.refusal(q.from, q.m, code, text)
}

func (n *server) refusal(to netip.AddrPort, m *krpc.Message, code int, text string) []byte {
	return krpc.AppendError(n.cfg.Scratch.packet[:0], code, text, m.Tx, to, n.cfg.version())
}
