package krpc

// Parse reads one datagram. It accepts what occurs in the wild: unsorted keys, unknown keys, and
// values of the wrong type, which count as missing. It refuses a datagram that is not exactly one
// bencoded dictionary, repeats a key that matters, or is of an unknown kind: [ErrNotMessage]. A
// message whose transaction id is missing, empty or longer than [MaxTx] is [ErrNoTx]. It allocates
// nothing, also when it fails; the contents of m are then undefined.
func (m *Message) Parse(packet []byte) error {
	// The kind says which body to read, and is the last value of a sorted message. So the first
	// pass guesses it; if the guess is wrong, there is a second pass.
	p := parser{m: m, query: len(packet) > 1 && packet[len(packet)-2] == byte(KindQuery)}
	p.read(packet)
	if isQuery := m.Kind == KindQuery; isQuery != p.query && p.fault == nil {
		p = parser{m: m, query: isQuery}
		p.read(packet)
	}
	if p.fault != nil || p.i != len(packet) || p.twice {
		return ErrNotMessage
	}
	return m.check(p.isError)
}

// check refuses a well-formed dictionary that is not a message, and clears values without meaning
// for its kind.
func (m *Message) check(isError bool) error {
	switch m.Kind {
	case KindQuery:
		if m.Method == nil {
			return ErrNotMessage
		}
	case KindError:
		if !isError {
			return ErrNotMessage
		}
	case KindResponse:
	default:
		return ErrNotMessage
	}
	if m.Kind != KindQuery {
		m.Method, m.ReadOnly = nil, false
	}
	if m.Kind != KindError {
		m.Code, m.Text = 0, nil
	}
	if len(m.Tx) == 0 || len(m.Tx) > MaxTx {
		return ErrNoTx
	}
	return nil
}

// read fills the message from packet; the caller looks for faults.
func (p *parser) read(packet []byte) {
	*p.m = Message{Packet: packet}
	p.b = packet
	if p.peek() != 'd' {
		p.fail(faultKind)
	}
	for p.open(); p.more(); {
		p.top(p.key())
	}
}

// top reads one entry of the outer dictionary.
func (p *parser) top(key []byte) {
	m := p.m
	switch string(key) {
	case "t":
		p.once(keyTx)
		m.Tx = p.optString()
	case "y":
		p.once(keyKind)
		if y := p.optString(); len(y) == 1 {
			m.Kind = Kind(y[0])
		}
	case "q":
		p.once(keyMethod)
		m.Method = p.optString()
	case "a":
		p.once(keyArgs)
		p.readBody(p.query)
	case "r":
		p.once(keyReturn)
		p.readBody(!p.query) // libtorrent's errors carry an `r` beside the `e`
	case "e":
		p.once(keyError)
		p.readError()
	case "v":
		p.once(keyVersion)
		m.Version = p.optString()
	case "ip":
		p.once(keyIP)
		m.RawIP = p.optString()
	case "ro":
		p.once(keyReadOnly)
		m.ReadOnly = p.optFlag()
	default:
		p.skip()
	}
}

// readError accepts [code, text], either of the two missing, and a plain string.
func (p *parser) readError() {
	p.isError = true
	if p.peek() != 'l' {
		p.m.Text = p.optString()
		return
	}
	for p.open(); p.more(); {
		if p.peek() == 'i' {
			if v, ok := p.num(); ok && v >= -1<<31 && v < 1<<31 {
				p.m.Code = int(v)
			}
		} else if s := p.optString(); s != nil {
			p.m.Text = s
		}
	}
}
