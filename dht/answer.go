package dht

import (
	"net/netip"

	"github.com/lightdht/lightdht/dht/krpc"
)

// What an answer may hold besides what every answer does: the 1024 bytes of BEP 32,
// less 158 for addresses, ids, token, the longest transaction id and version. Peers
// come first, but no more of them than leave room for eight nodes: a peer costs 8
// bytes over IPv4 and 21 over IPv6, a node 26 and 38.
const (
	answerRoom = 1024 - 160
	maxValues4 = 80
	maxValues6 = 24
)

// answer serves one query. A read-only node serves nobody (BEP 43).
func (n *Node) answer(now Time, from netip.AddrPort, m *krpc.Message) {
	if n.cfg.ReadOnly {
		n.stats.Unserved++
		return
	}
	if m.Has&krpc.HasID != 0 && m.ID == n.cfg.ID {
		n.stats.Reflected++
		return
	}
	key := from
	if n.cfg.Public {
		key = netip.AddrPortFrom(from.Addr(), 0)
	}
	if !n.answers.allow(now, key) {
		n.stats.RateLimited++
		return
	}
	n.stats.QueriesIn++
	if m.Has&krpc.HasID != 0 && !m.ReadOnly {
		if c := (krpc.Contact{ID: m.ID, Addr: from}); n.usable(c) {
			n.announceFresh(now, n.table.Queried(now, c, m.Version), c.ID)
		}
	}
	if n.hooks().Query != nil && n.offer(now, from, m) {
		return
	}
	n.builtin(now, from, m)
}

// builtin gives the answer that BEP 5 asks for.
func (n *Node) builtin(now Time, from netip.AddrPort, m *krpc.Message) {
	n.reply(now, from, m, n.compose(now, from, m))
}

// reply sends an answer, and tells those who watch.
func (n *Node) reply(now Time, from netip.AddrPort, m *krpc.Message, packet []byte) {
	if answered := n.hooks().Answered; answered != nil {
		answered(now, from, m, packet)
	}
	n.send(from, packet)
}

// compose writes the built-in answer to a query into the scratch buffer.
func (n *Node) compose(now Time, from netip.AddrPort, m *krpc.Message) []byte {
	switch {
	case m.Has&krpc.HasBody == 0:
		return n.refusal(from, m, krpc.CodeProtocol, "the arguments are missing")
	case m.Has&krpc.HasID == 0:
		return n.refusal(from, m, krpc.CodeProtocol, "id must be a string of 20 bytes")
	}
	switch string(m.Method) {
	case "ping":
		return n.response(from, m, krpc.Response{})
	case "find_node":
		if m.Has&krpc.HasTarget == 0 {
			return n.refusal(from, m, krpc.CodeProtocol, "target must be a string of 20 bytes")
		}
		return n.answerNodes(now, from, m, m.Target, krpc.Response{})
	case "get_peers":
		return n.answerPeers(now, from, m)
	case "announce_peer":
		return n.answerAnnounce(now, from, m)
	}
	// libtorrent and mldht answer methods they do not know like find_node when
	// they name a point in the key space; BEP 51 relies on it.
	switch {
	case m.Has&krpc.HasTarget != 0:
		return n.answerNodes(now, from, m, m.Target, krpc.Response{})
	case m.Has&krpc.HasInfoHash != 0:
		return n.answerNodes(now, from, m, m.InfoHash, krpc.Response{})
	}
	return n.refusal(from, m, krpc.CodeMethodUnknown, "method unknown")
}

// answerNodes adds the nodes nearest to target. Only nodes that answered us and
// are good are handed to others.
func (n *Node) answerNodes(now Time, from netip.AddrPort, m *krpc.Message, target krpc.ID, r krpc.Response) []byte {
	s := n.cfg.Scratch
	family := krpc.Want6
	if n.is4() {
		family = krpc.Want4
	}
	if m.Want == 0 || m.Want&family != 0 {
		s.contacts = n.table.Serve(now, target, min(int(n.cfg.k), n.nodesBeside(len(r.Values))), s.contacts[:0])
		if r.Lists = family; n.is4() {
			r.Nodes = s.contacts
		} else {
			r.Nodes6 = s.contacts
		}
	}
	return n.response(from, m, r)
}

// nodesBeside is how many nodes fit in an answer with so many peers.
func (n *Node) nodesBeside(values int) int {
	if n.is4() {
		return (answerRoom - 8*values) / 26
	}
	return (answerRoom - 21*values) / 38
}

func (n *Node) answerPeers(now Time, from netip.AddrPort, m *krpc.Message) []byte {
	if m.Has&krpc.HasInfoHash == 0 {
		return n.refusal(from, m, krpc.CodeProtocol, "info_hash must be a string of 20 bytes")
	}
	s := n.cfg.Scratch
	most := maxValues6
	if n.is4() {
		most = maxValues4
	}
	s.values = n.peers.Sample(now, m.InfoHash, !n.is4(), m.NoSeed, most, n.src, s.values[:0])
	r := krpc.Response{Values: s.values}
	if !n.peers.Full(m.InfoHash, from.Addr()) { // without a token the announce goes elsewhere, as with libtorrent
		s.token = n.tokens.Issue(now, from.Addr(), s.token[:0])
		r.Token = s.token
	}
	return n.answerNodes(now, from, m, m.InfoHash, r)
}

func (n *Node) answerAnnounce(now Time, from netip.AddrPort, m *krpc.Message) []byte {
	port := m.Port
	if m.Implied {
		port = from.Port()
	}
	switch {
	case m.Has&krpc.HasInfoHash == 0:
		return n.refusal(from, m, krpc.CodeProtocol, "info_hash must be a string of 20 bytes")
	case port == 0:
		return n.refusal(from, m, krpc.CodeProtocol, "port must be 1 to 65535")
	case m.Has&krpc.HasToken == 0 || !n.tokens.Valid(now, from.Addr(), m.Token):
		return n.refusal(from, m, krpc.CodeProtocol, "bad token")
	}
	if !n.peers.Announce(now, m.InfoHash, netip.AddrPortFrom(from.Addr(), port), false) {
		return n.refusal(from, m, krpc.CodeServer, "the store is full")
	}
	n.stats.AnnouncesIn++
	if announce := n.hooks().Announce; announce != nil {
		announce(now, m.InfoHash, from, port)
	}
	return n.response(from, m, krpc.Response{})
}

// response writes r, filled in with what every response carries.
func (n *Node) response(to netip.AddrPort, m *krpc.Message, r krpc.Response) []byte {
	n.stats.RepliesOut++
	r.Tx, r.ID, r.IP, r.Version = m.Tx, n.cfg.ID, to, n.cfg.version()
	return r.Append(n.cfg.Scratch.packet[:0])
}

// refusal writes an error message.
func (n *Node) refusal(to netip.AddrPort, m *krpc.Message, code int, text string) []byte {
	n.stats.ErrorsOut++
	return krpc.AppendError(n.cfg.Scratch.packet[:0], code, text, m.Tx, to, n.cfg.version())
}
