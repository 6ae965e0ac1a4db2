package krpc

import "net/netip"

// readBody reads the dictionary of a message's body if this is the one that
// goes with its kind, and passes over any other value.
func (p *parser) readBody(wanted bool) {
	if !wanted || p.peek() != 'd' {
		p.skip()
		return
	}
	start := p.i
	for p.open(); p.more(); {
		p.body(p.key())
	}
	p.m.Body = p.b[start:p.i]
	p.m.Has |= HasBody
}

// body reads one entry of the `a` or `r` dictionary. The compiler turns the
// switch into a jump on the length of the key and few comparisons.
func (p *parser) body(key []byte) {
	m := p.m
	switch string(key) {
	case "id":
		p.once(9)
		p.readID(&m.ID, HasID)
	case "target":
		p.once(10)
		p.readID(&m.Target, HasTarget)
	case "info_hash":
		p.once(11)
		p.readID(&m.InfoHash, HasInfoHash)
	case "port":
		p.once(12)
		if v, ok := p.optInt(); ok && v >= 0 && v <= 65535 {
			m.Port = uint16(v)
			m.Has |= HasPort
		}
	case "implied_port":
		p.once(13)
		m.Implied = p.optFlag()
	case "token":
		p.once(14)
		if tok := p.optString(); len(tok) > 0 && len(tok) <= MaxToken {
			m.Token = tok
			m.Has |= HasToken
		}
	case "nodes":
		p.once(15)
		p.readBytes(&m.Nodes, HasNodes)
		p.whole(len(m.Nodes)%layout4(m.Nodes).size == 0, HasNodes)
	case "nodes6":
		p.once(16)
		p.readBytes(&m.Nodes6, HasNodes6)
		p.whole(len(m.Nodes6)%compactContact6 == 0, HasNodes6)
	case "values":
		p.once(17)
		p.readValues()
	case "want":
		p.once(18)
		p.readWant()
	case "seed": // BEP 33
		p.once(19)
		m.Seed = p.optFlag()
	case "noseed":
		p.once(20)
		m.NoSeed = p.optFlag()
	case "scrape":
		p.once(21)
		m.Scrape = p.optFlag()
	case "BFsd":
		p.once(22)
		p.readSized(&m.SeedFilter, len(Bloom{}), HasSeedFilter)
	case "BFse":
		p.once(23)
		p.readOtherSeedFilter()
	case "BFpe":
		p.once(24)
		p.readSized(&m.PeerFilter, len(Bloom{}), HasPeerFilter)
	case "v": // BEP 44
		p.once(25)
		m.V = p.value()
		m.Has |= HasV
	case "k":
		p.once(26)
		p.readSized(&m.K, keyLen, HasK)
	case "sig":
		p.once(27)
		p.readSized(&m.Sig, sigLen, HasSig)
	case "salt":
		p.once(28)
		p.readAny(&m.Salt, HasSalt)
	case "seq":
		p.once(29)
		p.readCount(&m.Seq, HasSeq)
	case "cas":
		p.once(30)
		p.readCount(&m.Cas, HasCas)
	case "samples": // BEP 51
		p.once(31)
		p.readAny(&m.Samples, HasSamples)
		p.whole(len(m.Samples)%IDLen == 0, HasSamples)
	case "num":
		p.once(32)
		p.readCount(&m.Num, HasNum)
	case "interval":
		p.once(33)
		p.readCount(&m.Interval, HasInterval)
	default:
		p.skip()
	}
}

func (p *parser) readID(id *ID, has Fields) {
	if s := p.optString(); len(s) == IDLen {
		*id = ID(s)
		p.m.Has |= has
	}
}

func (p *parser) readBytes(field *[]byte, has Fields) {
	if s := p.optString(); s != nil {
		*field = s
		p.m.Has |= has
	}
}

// whole notes a list whose length is no whole number of entries.
func (p *parser) whole(ok bool, has Fields) {
	if !ok {
		p.m.Bad |= has
	}
}

// readValues accepts a list, and the single long string that one old client
// sends instead.
func (p *parser) readValues() {
	start := p.i
	switch c := p.peek(); {
	case c == 'l':
		for p.open(); p.more(); {
			n := len(p.optString())
			p.whole(n == compactAddr4 || n == compactAddr6, HasValues)
		}
	case c >= '0' && c <= '9':
		p.whole(len(p.str())%compactAddr4 == 0, HasValues)
	default:
		p.skip()
		return
	}
	p.m.Values = p.b[start:p.i]
	p.m.Has |= HasValues
}

// readWant reads a list of strings; anything else in it, or instead of it, is
// ignored, as are families we do not know.
func (p *parser) readWant() {
	if p.peek() != 'l' {
		p.skip()
		return
	}
	for p.open(); p.more(); {
		switch string(p.optString()) {
		case "n4":
			p.m.Want |= Want4
		case "n6":
			p.m.Want |= Want6
		}
	}
}

// readSized reads a string of exactly size bytes.
func (p *parser) readSized(field *[]byte, size int, has Fields) {
	s := p.optString()
	if len(s) != size {
		p.m.Bad |= has
		return
	}
	*field = s
	p.m.Has |= has
}

// readAny reads a string of any length.
func (p *parser) readAny(field *[]byte, has Fields) {
	p.readBytes(field, has)
	p.m.Bad |= has &^ p.m.Has
}

// readCount reads an integer from 0 to the largest int64.
func (p *parser) readCount(field *int64, has Fields) {
	v, ok := p.optInt()
	if !ok || v < 0 {
		p.m.Bad |= has
		return
	}
	*field = v
	p.m.Has |= has
}

// readOtherSeedFilter reads the seed filter under the name that mldht gives it.
// BFsd wins, wherever it stands.
func (p *parser) readOtherSeedFilter() {
	first := p.m.SeedFilter
	p.readSized(&p.m.SeedFilter, len(Bloom{}), HasSeedFilter)
	if first != nil {
		p.m.SeedFilter = first
	}
}

// EachValue calls f for every usable peer of a response: entries with port 0 are
// skipped, families may be mixed. A single string is read as a run of IPv4 peers.
// whole is false if that has a length that is no multiple of 6, and then names nobody,
// or if an entry of the list is no address, and then names nobody itself.
func (m *Message) EachValue(f func(netip.AddrPort)) (whole bool) {
	s := scanner{b: m.Values}
	switch s.peek() {
	case 'l':
	case 0:
		return true
	default:
		return eachAddr4(s.str(), f)
	}
	whole = true
	for s.open(); s.more(); {
		c := s.peek()
		if c < '0' || c > '9' {
			s.skip()
			whole = false
			continue
		}
		raw := s.str()
		whole = whole && (len(raw) == compactAddr4 || len(raw) == compactAddr6)
		if addr, ok := ParseAddr(raw); ok {
			f(addr)
		}
	}
	return whole
}

// eachAddr4 calls f for every usable address in a run of IPv4 addresses.
func eachAddr4(run []byte, f func(netip.AddrPort)) (whole bool) {
	if len(run)%compactAddr4 != 0 {
		return false
	}
	for ; len(run) > 0; run = run[compactAddr4:] {
		if addr, ok := ParseAddr(run[:compactAddr4]); ok {
			f(addr)
		}
	}
	return true
}

// EachNode calls f for every usable contact of `nodes` and then of `nodes6`. A list
// whose length is no whole number of contacts names nobody; whole is then false.
func (m *Message) EachNode(f func(Contact)) (whole bool) {
	whole4 := EachContact(m.Nodes, false, f)
	return EachContact(m.Nodes6, true, f) && whole4
}

// AppendNodes appends to dst what EachNode would call its function for.
func (m *Message) AppendNodes(dst []Contact) (nodes []Contact, whole bool) {
	nodes, whole4 := appendContacts4(dst, m.Nodes)
	whole6 := EachContact(m.Nodes6, true, func(c Contact) { nodes = append(nodes, c) })
	return nodes, whole4 && whole6
}

// EachSample calls f for every info-hash of `samples` (BEP 51). One whose length is no
// multiple of 20 holds none; whole is then false.
func (m *Message) EachSample(f func(ID)) (whole bool) {
	if len(m.Samples)%IDLen != 0 {
		return false
	}
	for raw := m.Samples; len(raw) > 0; raw = raw[IDLen:] {
		f(ID(raw[:IDLen]))
	}
	return true
}
