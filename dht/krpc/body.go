package krpc

// readBody reads the dictionary of a message's body if it belongs to the kind of the message, and
// skips any other value.
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
		p.once(keyID)
		p.readID(&m.ID, HasID)
	case "target":
		p.once(keyTarget)
		p.readID(&m.Target, HasTarget)
	case "info_hash":
		p.once(keyInfoHash)
		p.readID(&m.InfoHash, HasInfoHash)
	case "port":
		p.once(keyPort)
		if v, ok := p.optInt(); ok && v >= 0 && v <= 65535 {
			m.Port = uint16(v)
			m.Has |= HasPort
		}
	case "implied_port":
		p.once(keyImpliedPort)
		m.Implied = p.optFlag()
	case "token":
		p.once(keyToken)
		if tok := p.optString(); len(tok) > 0 && len(tok) <= MaxToken {
			m.Token = tok
			m.Has |= HasToken
		}
	case "nodes":
		p.once(keyNodes)
		p.readBytes(&m.Nodes, HasNodes)
		p.whole(len(m.Nodes)%layout4(m.Nodes).size == 0, HasNodes)
	case "nodes6":
		p.once(keyNodes6)
		p.readBytes(&m.Nodes6, HasNodes6)
		p.whole(len(m.Nodes6)%compactContact6 == 0, HasNodes6)
	case "values":
		p.once(keyValues)
		p.readValues()
	case "want":
		p.once(keyWant)
		p.readWant()
	case "seed": // BEP 33
		p.once(keySeed)
		m.Seed = p.optFlag()
	case "noseed":
		p.once(keyNoSeed)
		m.NoSeed = p.optFlag()
	case "scrape":
		p.once(keyScrape)
		m.Scrape = p.optFlag()
	case "BFsd":
		p.once(keySeedFilter)
		p.readSized(&m.SeedFilter, len(Bloom{}), HasSeedFilter)
	case "BFse":
		p.once(keyOtherSeedFilter)
		p.readOtherSeedFilter()
	case "BFpe":
		p.once(keyPeerFilter)
		p.readSized(&m.PeerFilter, len(Bloom{}), HasPeerFilter)
	case "v": // BEP 44
		p.once(keyItem)
		m.V = p.value()
		m.Has |= HasV
	case "k":
		p.once(keyItemKey)
		p.readSized(&m.K, keyLen, HasK)
	case "sig":
		p.once(keySig)
		p.readSized(&m.Sig, sigLen, HasSig)
	case "salt":
		p.once(keySalt)
		p.readAny(&m.Salt, HasSalt)
	case "seq":
		p.once(keySeq)
		p.readCount(&m.Seq, HasSeq)
	case "cas":
		p.once(keyCas)
		p.readCount(&m.Cas, HasCas)
	case "samples": // BEP 51
		p.once(keySamples)
		p.readAny(&m.Samples, HasSamples)
		p.whole(len(m.Samples)%IDLen == 0, HasSamples)
	case "num":
		p.once(keyNum)
		p.readCount(&m.Num, HasNum)
	case "interval":
		p.once(keyInterval)
		p.readCount(&m.Interval, HasInterval)
	default:
		p.skip()
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

// readOtherSeedFilter reads the seed filter under the name that mldht gives it.
// BFsd wins, wherever it stands.
func (p *parser) readOtherSeedFilter() {
	first := p.m.SeedFilter
	p.readSized(&p.m.SeedFilter, len(Bloom{}), HasSeedFilter)
	if first != nil {
		p.m.SeedFilter = first
	}
}
