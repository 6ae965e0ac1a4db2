package dht

import (
	"net/netip"
	"slices"

	"github.com/lightdht/lightdht/dht/krpc"
)

// searchPurpose is what a search looks for besides nodes, and what it sends to the closest nodes in
// the end.
type searchPurpose struct {
	scrape bool  // ask for Bloom filters
	again  bool  // a kept item, which is not put if there are enough copies
	call   *Call // the announce or put of the second half; nil: there is no second half

	telling bool // the second half has begun
	tokens  []tokenFrom
	known   *peerSet // the peers found; nil: none yet
	shared  bool     // known is shared with the search in the other network
	swarm   *swarmCount
	item    *krpc.Item
	copies  int // answers with an item of the highest seq
}

// tokenFrom is a token and the node that issued it.
type tokenFrom struct {
	krpc.Contact
	token string
	seq   int64 // of the item it holds; -1: it holds no item
}

// clone is for one of the two parts of a search in both networks. They share the set of known
// peers.
func (a *searchPurpose) clone() *searchPurpose {
	if a == nil {
		return nil
	}
	if a.known == nil {
		a.known = new(peerSet)
	}
	c := *a
	c.shared = true
	if a.swarm != nil {
		c.swarm = new(swarmCount)
	}
	return &c
}

// GetPeers looks for the peers of a torrent, at the nodes closest to its
// info-hash. done is called once.
func (n *Node) GetPeers(now Time, infoHash krpc.ID, cfg SearchConfig, done func(now Time, r *Result)) *Search {
	return n.search(now, "get_peers", infoHash, cfg, &searchPurpose{}, done)
}

// AnnouncePeer looks for the nodes closest to infoHash and tells those that gave
// a token that this host has a peer of the torrent at port; port 0 means the
// port our queries come from. done is called once.
func (n *Node) AnnouncePeer(now Time, infoHash krpc.ID, port uint16, cfg SearchConfig, done func(now Time, r *Result)) *Search {
	call := Call{Method: "announce_peer", Target: infoHash, Port: port, Implied: port == 0, Seed: cfg.Seed, Timeout: cfg.Timeout}
	return n.search(now, "get_peers", infoHash, cfg, &searchPurpose{call: &call}, done)
}

// Scrape asks the nodes closest to infoHash how many seeds and peers a torrent has
// (BEP 33). done is called once.
func (n *Node) Scrape(now Time, infoHash krpc.ID, cfg SearchConfig, done func(now Time, r *Result)) *Search {
	return n.search(now, "get_peers", infoHash, cfg, &searchPurpose{scrape: true, swarm: new(swarmCount)}, done)
}

// Get looks for the BEP 44 item of a target, at the nodes closest to it: the value with that hash,
// or, of the items that the key has signed (give its salt in cfg), the one with the highest seq.
// Every item is verified; if no node has one, Err is [ErrNotFound]. Trace.Path says which node had
// which item. done is called once.
func (n *Node) Get(now Time, target krpc.ID, cfg SearchConfig, done func(now Time, r *Result)) *Search {
	return n.search(now, "get", target, cfg, &searchPurpose{}, done)
}

// Put stores an item at the nodes closest to its target. The item is not checked here: the nodes
// refuse an invalid one. cas, if not nil, makes them refuse unless that is the seq of the item they
// hold. Result.Stored is how many took it, Result.Item the item found before, and each step of
// Trace.Path whose Method is "put" the outcome at one node. The item must not change until done is
// called, once.
func (n *Node) Put(now Time, item krpc.Item, cas *int64, cfg SearchConfig, done func(now Time, r *Result)) *Search {
	return n.put(now, item, cas, false, cfg, done)
}

func (n *Node) put(now Time, item krpc.Item, cas *int64, again bool, cfg SearchConfig, done func(now Time, r *Result)) *Search {
	cfg.Salt, cfg.Seq = item.Salt, nil
	if again { // ask more nodes than should have copies, to count the copies
		cfg.K = int(n.cfg.k) * 3 / 2
	}
	call := Call{Method: "put", Item: &item, Cas: cas, Timeout: cfg.Timeout}
	return n.search(now, "get", item.Target(), cfg, &searchPurpose{call: &call, again: again}, done)
}

// take copies the results out of an answer.
func (s *Search) take(q *query, r Reply) {
	a, m := s.purpose, r.Message
	step := &s.path[q.step]
	seq := int64(-1)
	switch {
	case s.method == "get":
		seq = s.takeItem(step, m)
	case a.swarm != nil:
		a.swarm.take(m)
	case m.Has&krpc.HasValues != 0:
		m.EachValue(s.peer)
	}
	named := q.to.ID.IsZero() || q.to.ID == r.From.ID
	if a.call != nil && named && m.Has&krpc.HasToken != 0 {
		a.tokens = append(a.tokens, tokenFrom{r.From, string(m.Token), seq})
	}
}

// takeItem keeps the item of an answer if it is the best yet, and returns its seq,
// or -1.
func (s *Search) takeItem(step *Step, m *krpc.Message) int64 {
	item, err := m.Item(s.target, s.cfg.Salt)
	switch {
	case err == krpc.ErrNoItem:
		return -1
	case err != nil:
		s.n.stats.Malformed++
		step.Err = err
		return -1
	}
	a := s.purpose
	step.Item, step.Seq = true, item.Seq
	if a.item == nil || item.Seq > a.item.Seq {
		a.item, a.copies = &item, 0
	}
	if item.Seq == a.item.Seq {
		a.copies++
	}
	return item.Seq
}

// peer adds a peer, once.
func (s *Search) peer(addr netip.AddrPort) {
	a := s.purpose
	if a.known == nil {
		a.known = s.n.cfg.Scratch.takeKnown()
	}
	if a.known.count < maxPeersFound && a.known.add(addr) {
		s.result.Peers = append(s.result.Peers, addr)
	}
}

// tell is the second half: it announces to, or stores at, the K closest nodes that gave a token.
// False if there are no such nodes, or no need.
func (s *Search) tell(now Time) bool {
	a := s.purpose
	a.telling = true
	for _, q := range s.inFlight { // those that are late would only delay the end
		s.n.giveUp(q)
	}
	s.inFlight, s.lost = s.inFlight[:0], 0
	chosen := s.chosen()
	if a.again && a.plenty(chosen) {
		return false
	}
	for i := range chosen {
		call := *a.call
		call.Token = []byte(chosen[i].token)
		if a.again && a.item != nil && a.item.Seq > call.Item.Seq {
			call.Item = a.item // a newer one was put by another node
		}
		if call.Implied { // some nodes ignore that, and demand a valid port
			call.Port = s.net.addr.Port()
		}
		s.send(now, chosen[i].Contact, &call, true)
	}
	return len(s.inFlight) > 0
}

// chosen are the K nearest nodes that gave a token. On the public DHT, of twice as many, those
// first whose id suits their address, as such an id cannot be chosen freely (BEP 42).
func (s *Search) chosen() []tokenFrom {
	t, k := s.purpose.tokens, s.cfg.K
	if s.purpose.again {
		k = int(s.n.cfg.k)
	}
	slices.SortStableFunc(t, func(a, b tokenFrom) int { return krpc.Closer(s.target, a.ID, b.ID) })
	t = slices.CompactFunc(t, func(a, b tokenFrom) bool { return a.ID == b.ID })
	if s.n.cfg.Public {
		t = t[:min(2*k, len(t))]
		slices.SortStableFunc(t, func(a, b tokenFrom) int { return insecure(a) - insecure(b) })
	}
	return t[:min(k, len(t))]
}

func insecure(t tokenFrom) int {
	if krpc.IsSecure(t.ID, t.Addr.Addr()) {
		return 0
	}
	return 1
}

// plenty reports whether an item need not be put again: there are more copies of it, or of a newer
// one, than nodes where it belongs, and all of these have one (BEP 44).
func (a *searchPurpose) plenty(chosen []tokenFrom) bool {
	if a.item == nil || a.item.Seq < a.call.Item.Seq || a.copies <= len(chosen) {
		return false
	}
	return !slices.ContainsFunc(chosen, func(t tokenFrom) bool { return t.seq != a.item.Seq })
}

// conclude writes the findings into the result.
func (a *searchPurpose) conclude(r *Result) {
	r.Item = a.item
	if a.swarm != nil {
		r.Swarm = a.swarm.count()
	}
}
