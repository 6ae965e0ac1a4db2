package dht

import (
	"net/netip"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/lookup"
)

// maxWanted is the most nodes that package lookup looks for.
const maxWanted = 1024

// How many candidates are taken from the table (chosen by us).
const (
	firstOffer = 32   // at first
	lastOffer  = 1024 // doubled up to this number while none of them answers
)

// Search is a lookup under way.
type Search struct {
	n             *Node
	net           *network // where it searches
	cfg           SearchConfig
	method        string
	target        krpc.ID
	*searchBuffer                // nil when it is over
	offered       int            // how many candidates the table was asked for
	lost          int            // how many of those in flight should not be awaited
	join          *joining       // nil: the first addresses are asked once
	purpose       *searchPurpose // nil: nodes, and nothing else
	parts         []*Search      // of a search in both networks: the two
	began         Time
	over          bool
	denied        error // why an address was not asked that it was to begin at
	result        Result
	done          func(Time, *Result) // nil: the result is not wanted
}

// FindNode looks for the nodes closest to target. done is called once.
func (n *Node) FindNode(now Time, target krpc.ID, cfg SearchConfig, done func(now Time, r *Result)) *Search {
	return n.search(now, "find_node", target, cfg, nil, done)
}

// search searches where cfg says.
func (n *Node) search(now Time, method string, target krpc.ID, cfg SearchConfig, a *searchPurpose, done func(Time, *Result)) *Search {
	home := cfg.Family.holds(n.home.addr.Addr())
	far := n.far() != nil && cfg.Family.holds(n.far().addr.Addr())
	switch {
	case home && far:
		return n.inBoth(now, target, done, func(w *network, done func(Time, *Result)) *Search {
			return n.searchIn(now, w, method, target, cfg, a.clone(), done)
		})
	case home:
		return n.searchIn(now, &n.home, method, target, cfg, a, done)
	case far:
		return n.searchIn(now, n.far(), method, target, cfg, a, done)
	}
	s := n.newSearch(now, &n.home, method, target, cfg, a, done)
	s.result.Err = ErrFamily
	n.soon(s.finish)
	return s
}

// searchIn searches in one network.
func (n *Node) searchIn(now Time, w *network, method string, target krpc.ID, cfg SearchConfig, a *searchPurpose, done func(Time, *Result)) *Search {
	s := n.newSearch(now, w, method, target, cfg, a, done)
	s.run(now, func(now Time) {
		if len(cfg.Start) > 0 {
			s.offerAddrs(now, cfg.Start)
			return
		}
		s.offerTable(now)
		if s.walk.Asked() == 0 { // an empty table: the bootstrap addresses know other nodes
			s.offerAddrs(now, n.cfg.Bootstrap)
		}
	})
	return s
}

func (n *Node) newSearch(now Time, w *network, method string, target krpc.ID, cfg SearchConfig, a *searchPurpose, done func(Time, *Result)) *Search {
	if cfg.K <= 0 {
		cfg.K = int(n.cfg.k)
	}
	cfg.K = min(cfg.K, maxWanted)
	if cfg.Alpha <= 0 {
		cfg.Alpha = int(n.cfg.alpha)
	}
	n.searches++
	s := &Search{
		n: n, net: w, cfg: cfg, method: method, target: target, purpose: a, began: now, done: done,
		searchBuffer: n.cfg.Scratch.takeBuffer(),
	}
	s.walk.Reset(lookup.Config{Target: target, K: cfg.K, Width: cfg.Alpha, MaxQueries: cfg.MaxQueries, Diverse: n.cfg.Public})
	return s
}

// run offers the first candidates; what follows happens as answers come.
func (s *Search) run(now Time, offer func(Time)) {
	offer(now)
	if s.walk.Asked() == 0 {
		if s.result.Err = ErrNoNodes; s.denied != nil {
			s.result.Err = s.denied
		}
		s.n.soon(s.finish)
	}
}

// Stop ends the search: done is called with [ErrStopped] and what was found.
func (s *Search) Stop() {
	for _, part := range s.parts {
		part.Stop()
	}
	if s.over || s.parts != nil || s.result.Err != nil {
		return
	}
	s.result.Err = ErrStopped
	s.n.soon(s.finish)
}

// offerAddrs makes addresses without known ids the first candidates.
func (s *Search) offerAddrs(now Time, addrs []netip.AddrPort) {
	s.found = s.found[:0]
	for _, a := range addrs {
		if s.n.networkOf(a.Addr()) == s.net && !s.n.reach().Allows(a) {
			s.denied = s.n.unreachable(a)
			continue
		}
		if s.n.sane(a) && s.n.networkOf(a.Addr()) == s.net && !s.n.isSelf(a) {
			s.found = append(s.found, krpc.Contact{Addr: a})
		}
	}
	s.step(now, lookup.Event{Kind: lookup.Start, Found: s.found})
}

// offerTable makes the nearest nodes of the table candidates, more of them each time: those that
// ever answered, and besides them those that were only named by others. False if the table has no
// more than were offered before.
func (s *Search) offerTable(now Time) bool {
	before := s.offered
	s.offered = min(max(firstOffer, 2*before, 4*s.cfg.K), lastOffer)
	s.found = s.net.table.Proven(now, s.target, s.offered, s.found[:0])
	proven := len(s.found)
	s.step(now, lookup.Event{Kind: lookup.Start, Found: s.found})
	s.found = s.net.table.Hearsay(now, s.target, s.offered, s.found[:0])
	if len(s.found) > 0 {
		s.step(now, lookup.Event{Kind: lookup.Hearsay, Found: s.found})
	}
	return proven > before || len(s.found) > before
}

// step feeds one event to the walk and asks the nodes that it returns, unless the search was
// stopped.
func (s *Search) step(now Time, ev lookup.Event) {
	s.asks = s.walk.Step(ev, s.asks[:0])
	if s.result.Err != nil {
		return
	}
	for _, c := range s.asks {
		s.ask(now, c)
	}
}

// ask sends one query of the walk.
func (s *Search) ask(now Time, to krpc.Contact) {
	call := Call{Method: s.method, Target: s.target, Timeout: s.cfg.Timeout, Want: s.want()}
	if s.purpose != nil {
		call.NoSeed, call.Seq, call.Scrape = s.cfg.NoSeed, s.cfg.Seq, s.purpose.scrape
	}
	s.send(now, to, &call, false)
}

// want asks for nodes of both networks while joining them: a node of one family may be the only way
// into the other (BEP 32). Otherwise each network is searched alone.
func (s *Search) want() krpc.Want {
	if s.n.far() != nil && s.target == s.n.cfg.ID {
		return krpc.Want4 | krpc.Want6
	}
	return 0
}

// left notes that a query of the search that had to wait for its turn was sent.
func (s *Search) left(now Time, q *query) {
	if !s.over {
		s.path[q.step].Sent = now.Sub(s.began)
	}
}

// send asks one node, and adds it to the path; telling says that it is for the second half.
func (s *Search) send(now Time, to krpc.Contact, call *Call, telling bool) {
	q := s.n.cfg.Scratch.takeQuery()
	q.search, q.step, q.telling, q.spare = s, int32(len(s.path)), telling, true
	step := Step{Contact: to, Hop: s.walk.Hop(to.Addr), Sent: now.Sub(s.began), Outcome: OutcomePending}
	if telling {
		step.Method = call.Method
	}
	s.path = append(s.path, step)
	s.result.Trace.Queries++
	s.inFlight = append(s.inFlight, q)
	s.n.ask(now, q, to, call)
}

// late notes that one query is slow, or should no longer be awaited.
func (s *Search) late(now Time, q *query) {
	switch {
	case s.over:
		return
	case q.phase == lost:
		s.lost++
		if q.telling {
			break
		}
		s.step(now, lookup.Event{Kind: lookup.Silence, From: q.to})
	case q.phase == tardy:
		s.step(now, lookup.Event{Kind: lookup.Tardy, From: q.to})
	default:
		s.step(now, lookup.Event{Kind: lookup.Slow, From: q.to})
	}
	s.check(now)
}

// heard handles the answer to one query, or its failure.
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
		s.askAgainLater(q)
		s.step(now, lookup.Event{Kind: lookup.Silence, From: q.to})
	default:
		s.report(now, r)
		if s.purpose != nil {
			s.take(q, r)
		}
		s.step(now, lookup.Event{Kind: lookup.Answer, From: r.From, Found: s.named(), Distrust: s.n.distrusts(now, r.From.Addr)})
	}
	s.check(now)
}

// named returns the nodes of the search's network that the current answer names.
func (s *Search) named() []krpc.Contact {
	named := s.n.cfg.Scratch.named
	if s.n.far() == nil {
		return named
	}
	s.found = s.found[:0]
	for _, c := range named {
		if s.n.networkOf(c.Addr.Addr()) == s.net {
			s.found = append(s.found, c)
		}
	}
	return s.found
}

// report passes an answer, or a failure, of the first half to the caller.
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
			if q.phase == lost {
				s.lost--
			}
			return
		}
	}
}

// check ends the search, or turns to its second half, when nothing is left to do. A stopped search
// is about to end anyway.
func (s *Search) check(now Time) {
	if s.result.Err != nil {
		return
	}
	if s.purpose != nil && s.purpose.telling {
		if len(s.inFlight) == s.lost {
			s.finish(now)
		}
		return
	}
	for s.walk.Done() {
		// All of the nearest known nodes may be gone, and farther ones may not.
		if s.offered == 0 || len(s.walk.Closest(s.found[:0])) >= s.cfg.K || !s.offerTable(now) {
			break
		}
	}
	if !s.walk.Done() || s.join != nil && s.result.Trace.Replies == 0 && len(s.inFlight) > 0 {
		return
	}
	if s.purpose == nil || s.purpose.call == nil || !s.tell(now) {
		s.finish(now)
	}
}

// finish reports the result, once.
func (s *Search) finish(now Time) {
	if s.over {
		return
	}
	s.over = true
	s.n.searches--
	for _, q := range s.inFlight {
		s.n.giveUp(q)
	}
	s.n.judge(now, s)
	if s.done != nil {
		s.conclude(now)
	}
	s.n.cfg.Scratch.giveBuffer(s.searchBuffer)
	s.searchBuffer = nil
	if a := s.purpose; a != nil && !a.shared {
		s.n.cfg.Scratch.giveKnown(a.known)
		a.known = nil
	}
	if s.done != nil {
		s.done(now, &s.result)
	}
}

// conclude completes the result, with copies that the receiver may keep.
func (s *Search) conclude(now Time) {
	r := &s.result
	r.Closest = append([]krpc.Contact(nil), s.walk.Closest(s.found[:0])...)
	r.Trace.Path = append([]Step(nil), s.path...)
	r.Trace.Pending = r.Trace.Queries - r.Trace.Replies - r.Trace.Timeouts - r.Trace.Errors
	if r.Err == nil && r.Trace.Replies == 0 {
		r.Err = ErrNoAnswer
	}
	if r.Err == nil {
		r.Err = r.Trace.refused()
	}
	if s.purpose != nil {
		s.purpose.conclude(r)
		if r.Err == nil && r.Item == nil && s.method == "get" && s.purpose.call == nil {
			r.Err = ErrNotFound
		}
	}
	r.Trace.Duration = now.Sub(s.began)
}

// inBoth searches in both networks at the same time, and reports the results of the two searches as
// one.
func (n *Node) inBoth(now Time, target krpc.ID, done func(Time, *Result), begin func(w *network, done func(Time, *Result)) *Search) *Search {
	s := &Search{n: n, began: now}
	first := true
	for _, w := range n.networks() {
		s.parts = append(s.parts, begin(w, func(now Time, r *Result) {
			if first {
				first = false
				s.result = *r
				return
			}
			s.result.merge(r)
			nearest(target, s.result.Closest)
			s.over = true
			if done != nil {
				done(now, &s.result)
			}
		}))
	}
	return s
}

// judge notes which nodes turned out to be liars in a search, and which did not.
func (n *Node) judge(now Time, s *Search) {
	s.walk.Namers(func(addr netip.AddrPort, distrust bool) {
		switch {
		case distrust:
			n.more().liars.add(now, addr)
		case n.optional != nil:
			n.optional.liars.remove(addr)
		}
	})
}

// ofJoin reports whether a query is one of those that are sent again.
func (q *query) ofJoin() bool {
	return q.search != nil && q.search.join != nil && q.to.ID.IsZero()
}
