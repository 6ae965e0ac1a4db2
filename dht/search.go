package dht

import (
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/lookup"
)

// SearchConfig says how to search. The zero value of a field means its default.
type SearchConfig struct {
	// K is how many of the closest nodes must have answered. Default Config.K.
	K int
	// Alpha is how many queries are in flight at once. Default Config.Alpha.
	Alpha int
	// MaxQueries ends the search after so many queries. Default: as many as it takes.
	MaxQueries int
	// Timeout is how long each answer is waited for. Default Config.QueryTimeout.
	Timeout time.Duration
	// Start are the addresses to begin at, instead of the nodes we know.
	Start []netip.AddrPort
	// OnReply is told of each answer and failure as it comes; Message is valid
	// during the call only. May be nil.
	OnReply func(now Time, r Reply)
}

// Result is what a search found. It is the receiver's to keep.
type Result struct {
	Closest []krpc.Contact   // those that answered, nearest first, at most K
	Peers   []netip.AddrPort // GetPeers, AnnouncePeer: in the order first heard, each once
	Stored  int              // AnnouncePeer: how many nodes took the announce
	Trace   Trace
	// Err is nil, [ErrNoNodes], [ErrNoAnswer] or [ErrStopped]. What was found
	// until then is in the other fields all the same.
	Err error
}

// Limits of one search, against nodes that answer without end; ours.
const (
	maxPeersFound = 20000
	firstOffer    = 32   // candidates taken from the table at first, ...
	lastOffer     = 1024 // ... doubled up to this many while nobody among them answers
)

// Search is a lookup under way.
type Search struct {
	n        *Node
	cfg      SearchConfig
	method   string
	target   krpc.ID
	*desk        // nil when it is over
	offered  int // how many candidates the table was asked for
	known    map[netip.AddrPort]struct{}
	tokens   []tokenFrom
	announce *announce // nil: only looking
	began    Time
	over     bool
	result   Result
	done     func(Time, *Result) // nil: nobody wants to know
}

// tokenFrom is a token and the node that issued it.
type tokenFrom struct {
	addr  netip.AddrPort
	token string
}

// announce is the second half of AnnouncePeer.
type announce struct {
	port    uint16
	started bool
}

// FindNode looks for the nodes closest to target. done is called once.
func (n *Node) FindNode(now Time, target krpc.ID, cfg SearchConfig, done func(now Time, r *Result)) *Search {
	return n.search(now, "find_node", target, cfg, nil, done)
}

// GetPeers looks for the peers of a torrent, at the nodes closest to its
// info-hash. done is called once.
func (n *Node) GetPeers(now Time, infoHash krpc.ID, cfg SearchConfig, done func(now Time, r *Result)) *Search {
	return n.search(now, "get_peers", infoHash, cfg, nil, done)
}

// AnnouncePeer looks for the nodes closest to infoHash and tells those that gave
// a token that this host has a peer of the torrent at port; port 0 means the
// port our queries come from. done is called once.
func (n *Node) AnnouncePeer(now Time, infoHash krpc.ID, port uint16, cfg SearchConfig, done func(now Time, r *Result)) *Search {
	return n.search(now, "get_peers", infoHash, cfg, &announce{port: port}, done)
}

// Bootstrap joins the network: it looks for our own id, beginning at addrs (those
// of the last call, if there are none now), at the configured bootstrap addresses,
// and at the nodes we know. From then on the node joins again by itself while it
// has too few others to name. done is called once.
func (n *Node) Bootstrap(now Time, addrs []netip.AddrPort, done func(now Time, r *Result)) *Search {
	n.upkeep.join(now, addrs)
	s := n.newSearch(now, "find_node", n.cfg.ID, SearchConfig{}, nil, done)
	s.run(now, func(now Time) {
		s.offerAddrs(now, n.upkeep.entry)
		s.offerAddrs(now, n.cfg.Bootstrap)
		s.offerTable(now)
	})
	return s
}

func (n *Node) search(now Time, method string, target krpc.ID, cfg SearchConfig, a *announce, done func(Time, *Result)) *Search {
	s := n.newSearch(now, method, target, cfg, a, done)
	s.run(now, func(now Time) {
		if len(cfg.Start) > 0 {
			s.offerAddrs(now, cfg.Start)
			return
		}
		s.offerTable(now)
		if s.walk.Asked() == 0 { // nobody known: whoever is listed will know somebody
			s.offerAddrs(now, n.cfg.Bootstrap)
		}
	})
	return s
}

func (n *Node) newSearch(now Time, method string, target krpc.ID, cfg SearchConfig, a *announce, done func(Time, *Result)) *Search {
	if cfg.K <= 0 {
		cfg.K = int(n.cfg.k)
	}
	if cfg.Alpha <= 0 {
		cfg.Alpha = int(n.cfg.alpha)
	}
	n.stats.Searches++
	s := &Search{
		n: n, cfg: cfg, method: method, target: target, announce: a, began: now, done: done,
		desk: n.cfg.Scratch.takeDesk(),
	}
	s.walk.Reset(lookup.Config{Target: target, K: cfg.K, Width: cfg.Alpha, MaxQueries: cfg.MaxQueries})
	return s
}

// run offers the first candidates; what follows happens as answers come.
func (s *Search) run(now Time, offer func(Time)) {
	offer(now)
	if s.walk.Asked() == 0 {
		s.result.Err = ErrNoNodes
		s.n.soon(s.finish)
	}
}

// Stop ends the search: done is called with [ErrStopped] and what was found.
func (s *Search) Stop() {
	if s.over || s.result.Err != nil {
		return
	}
	s.result.Err = ErrStopped
	s.n.soon(s.finish)
}

// offerAddrs makes addresses without known ids the first candidates.
func (s *Search) offerAddrs(now Time, addrs []netip.AddrPort) {
	s.found = s.found[:0]
	for _, a := range addrs {
		if s.n.sane(a) && a != s.n.cfg.Addr {
			s.found = append(s.found, krpc.Contact{Addr: a})
		}
	}
	s.step(now, lookup.Event{Kind: lookup.Start, Found: s.found})
}

// offerTable makes the nearest nodes of the table candidates, more of them each
// time. False if the table has no more than were offered before.
func (s *Search) offerTable(now Time) bool {
	before := s.offered
	s.offered = min(max(firstOffer, 2*before, 4*s.cfg.K), lastOffer)
	s.found = s.n.table.Closest(now, s.target, s.offered, s.found[:0])
	if len(s.found) <= before {
		return false
	}
	s.step(now, lookup.Event{Kind: lookup.Start, Found: s.found})
	return true
}

// step feeds one event to the walk and asks whom it names.
func (s *Search) step(now Time, ev lookup.Event) {
	s.asks = s.walk.Step(ev, s.asks[:0])
	for _, c := range s.asks {
		s.ask(now, c)
	}
}

// ask sends one query of the walk.
func (s *Search) ask(now Time, to krpc.Contact) {
	s.send(now, to, &Call{Method: s.method, Target: s.target, Timeout: s.cfg.Timeout}, false)
}

// send asks one node, and notes so in the path; telling says that it is for the
// second half.
func (s *Search) send(now Time, to krpc.Contact, call *Call, telling bool) {
	q := s.n.cfg.Scratch.takeQuery()
	q.search, q.step, q.telling, q.spare = s, len(s.path), telling, true
	step := Step{Contact: to, Hop: s.walk.Hop(to.Addr), Sent: now.Sub(s.began), Outcome: OutcomePending}
	if telling {
		step.Method = call.Method
	}
	s.path = append(s.path, step)
	s.result.Trace.Queries++
	s.inFlight = append(s.inFlight, q)
	s.n.ask(now, q, to, call)
}

// late takes note that one query of the walk is slow.
func (s *Search) late(now Time, q *query) {
	if !s.over {
		s.step(now, lookup.Event{Kind: lookup.Slow, From: q.to})
		s.check(now)
	}
}

// heard takes the answer to one query, or its failure.
func (s *Search) heard(now Time, q *query, r Reply) {
	if s.over {
		return
	}
	s.settled(q)
	s.result.Trace.note(&s.path[q.step], r)
	switch {
	case q.telling:
		if r.Err == nil {
			s.result.Stored++
		}
	case r.Err != nil:
		s.report(now, r)
		s.step(now, lookup.Event{Kind: lookup.Silence, From: q.to})
	default:
		s.report(now, r)
		s.take(r)
		s.step(now, lookup.Event{Kind: lookup.Answer, From: r.From, Found: s.n.cfg.Scratch.named})
	}
	s.check(now)
}

// report tells the caller of an answer, or a failure, of the first half.
func (s *Search) report(now Time, r Reply) {
	if s.cfg.OnReply != nil {
		s.cfg.OnReply(now, r)
	}
}

// settled takes q out of those in flight.
func (s *Search) settled(q *query) {
	for i, other := range s.inFlight {
		if other == q {
			s.inFlight = append(s.inFlight[:i], s.inFlight[i+1:]...)
			return
		}
	}
}

// take copies out of an answer what the search is after, besides nodes.
func (s *Search) take(r Reply) {
	if s.method != "get_peers" {
		return
	}
	if r.Message.Has&krpc.HasToken != 0 && s.announce != nil {
		s.tokens = append(s.tokens, tokenFrom{addr: r.From.Addr, token: string(r.Message.Token)})
	}
	if r.Message.Has&krpc.HasValues != 0 {
		r.Message.EachValue(s.peer)
	}
}

// peer notes a peer, once.
func (s *Search) peer(addr netip.AddrPort) {
	if _, twice := s.known[addr]; twice || len(s.known) >= maxPeersFound {
		return
	}
	if s.known == nil {
		s.known = make(map[netip.AddrPort]struct{})
	}
	s.known[addr] = struct{}{}
	s.result.Peers = append(s.result.Peers, addr)
}

// check ends the search, or turns to its second half, when nothing is left to do.
func (s *Search) check(now Time) {
	if s.announce != nil && s.announce.started {
		if len(s.inFlight) == 0 {
			s.finish(now)
		}
		return
	}
	for s.walk.Done() {
		// All of the nearest we know may be gone; somebody further away may not be.
		if s.offered == 0 || len(s.walk.Closest(s.found[:0])) >= s.cfg.K || !s.offerTable(now) {
			break
		}
	}
	if !s.walk.Done() {
		return
	}
	if s.announce == nil || !s.tell(now) {
		s.finish(now)
	}
}

// tell announces to the closest nodes that gave a token. False if there are none.
func (s *Search) tell(now Time) bool {
	s.announce.started = true
	for _, q := range s.inFlight { // those that are late would only delay the end
		s.n.giveUp(q)
	}
	s.inFlight = s.inFlight[:0]
	for _, c := range s.walk.Closest(nil) {
		if token, ok := s.tokenOf(c.Addr); ok {
			s.tellOne(now, c, token)
		}
	}
	return len(s.inFlight) > 0
}

func (s *Search) tokenOf(addr netip.AddrPort) (string, bool) {
	for i := range s.tokens {
		if s.tokens[i].addr == addr {
			return s.tokens[i].token, true
		}
	}
	return "", false
}

func (s *Search) tellOne(now Time, to krpc.Contact, token string) {
	port := s.announce.port
	if port == 0 { // some ignore implied_port and demand a port they can use
		port = s.n.cfg.Addr.Port()
	}
	s.send(now, to, &Call{
		Method: "announce_peer", Target: s.target, Port: port, Implied: s.announce.port == 0,
		Token: []byte(token), Timeout: s.cfg.Timeout,
	}, true)
}

// finish reports the result, once.
func (s *Search) finish(now Time) {
	if s.over {
		return
	}
	s.over = true
	s.n.stats.Searches--
	for _, q := range s.inFlight {
		s.n.giveUp(q)
	}
	if s.done != nil {
		s.conclude(now)
	}
	s.n.cfg.Scratch.giveDesk(s.desk)
	s.desk = nil
	if s.done != nil {
		s.done(now, &s.result)
	}
}

// conclude writes down what is the receiver's to keep.
func (s *Search) conclude(now Time) {
	r := &s.result
	r.Closest = append([]krpc.Contact(nil), s.walk.Closest(s.found[:0])...)
	r.Trace.Path = append([]Step(nil), s.path...)
	if r.Err == nil && r.Trace.Replies == 0 {
		r.Err = ErrNoAnswer
	}
	r.Trace.Duration = now.Sub(s.began)
}
