package krpc

import (
	"bytes"
	"errors"
	"net/netip"
)

// Kind is what a message is: the value of its `y` key.
type Kind byte

// The three kinds of message (BEP 5).
const (
	KindQuery    Kind = 'q'
	KindResponse Kind = 'r'
	KindError    Kind = 'e'
)

// Fields says which of a message's optional values were there and usable.
// A value of the wrong type or length counts as missing.
type Fields uint32

// One bit for each optional value of [Message].
const (
	HasBody Fields = 1 << iota // the `a` of a query, the `r` of a response
	HasID
	HasTarget
	HasInfoHash
	HasPort
	HasToken
	HasNodes
	HasNodes6
	HasValues
	HasV // BEP 44
	HasK
	HasSig
	HasSalt
	HasSeq
	HasCas
	HasSamples // BEP 51
	HasNum
	HasInterval
	HasSeedFilter // BEP 33
	HasPeerFilter
)

// Want is the set of address families a querier asks for (BEP 32 `want`).
type Want uint8

// The members of [Want]; none means: the family of the datagram.
const (
	Want4 Want = 1 << iota // "n4"
	Want6                  // "n6"
)

// MaxToken is the longest token we accept, store or send back. Tokens in the
// wild have 4 to 20 bytes; a 1.4 kB one crashed a deployed client.
const MaxToken = 64

// MaxTx is the longest transaction id of a message that [Message.Parse]
// accepts. It is echoed, so it must not be the sender's to make large; nodes
// in the wild use 1 to 6 bytes, and rTorrent draws the line here too.
const MaxTx = 20

// Message is one KRPC message, read from a datagram. Slices alias the datagram
// and live as long as it does. A Message can be used again for the next Parse.
type Message struct {
	Kind     Kind
	Has      Fields
	Bad      Fields // keys of BEP 33, 44 and 51 whose value was there, but of a wrong type, length or range; lists that are not whole
	ReadOnly bool   // of a query, BEP 43: `ro` is a non-zero integer
	Implied  bool   // announce_peer: `implied_port` is a non-zero integer
	Seed     bool   // announce_peer, BEP 33: the same of `seed`
	NoSeed   bool   // get_peers, BEP 33: the same of `noseed`
	Scrape   bool   // get_peers, BEP 33: the same of `scrape`
	Want     Want   // BEP 32
	Port     uint16 // announce_peer
	Code     int    // error code; 0 if the sender gave none
	ID       ID     // of the sender
	Target   ID     // find_node, get, sample_infohashes and others
	InfoHash ID     // get_peers, announce_peer
	Tx       []byte // transaction id, as chosen by the querier; nil if missing
	Method   []byte // of a query
	Version  []byte // the outer `v`, by convention two letters and two bytes
	Token    []byte
	Nodes    []byte // compact IPv4 contacts, see EachContact
	Nodes6   []byte // compact IPv6 contacts
	Values   []byte // bencoded: a list of compact addresses, see EachValue
	Text     []byte // text of an error
	Body     []byte // the whole bencoded `a` or `r` dictionary
	RawIP    []byte // BEP 42 `ip`: our own compact address as the sender sees it
	Packet   []byte // the whole datagram

	// BEP 44, of put and of answers to get; see PutItem and Item.
	V    []byte // the body's `v`, bencoded, exactly as it came
	K    []byte // 32 bytes
	Sig  []byte // 64 bytes
	Salt []byte // of any length, empty too
	Seq  int64  // 0 and up; also an argument of get
	Cas  int64  // 0 and up

	// BEP 51, of answers to sample_infohashes.
	Samples  []byte // of any length, see EachSample
	Num      int64  // 0 and up: how many info-hashes the node keeps
	Interval int64  // seconds, 0 and up: not to be asked again before

	// BEP 33, of answers to get_peers with scrape: 256 bytes each.
	SeedFilter []byte // `BFsd`, or without it `BFse`, as mldht has it
	PeerFilter []byte // `BFpe`
}

// Errors of [Message.Parse]. All of them mean that the datagram is to be
// dropped without an answer.
var (
	ErrNotMessage = errors.New("krpc: not a KRPC message")
	ErrNoTx       = errors.New("krpc: a message without a usable transaction id")
)

// Parse reads one datagram. It accepts what the wild sends (unsorted keys,
// unknown keys, values of the wrong type, which then count as missing) and
// refuses what is not exactly one bencoded dictionary, repeats a key that
// matters, or is of no known kind: [ErrNotMessage]. A message whose transaction
// id is missing, empty or beyond [MaxTx] is [ErrNoTx]. It allocates nothing,
// also when it fails; what m holds then means nothing.
func (m *Message) Parse(packet []byte) error {
	// The kind says which body to read. In sorted messages it is the last value,
	// so one pass will do; where the guess is wrong, there is a second.
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

// check refuses what is not a message although it is well-formed, and forgets
// what has no meaning in its kind.
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

// parser reads the keys we know into m. Bits in seen find repeated keys.
type parser struct {
	scanner
	m       *Message
	query   bool // the body is `a`, not `r`
	isError bool // there was an `e`
	twice   bool
	seen    uint64
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

// once notes that key number bit was met.
func (p *parser) once(bit uint) {
	p.twice = p.twice || p.seen&(1<<bit) != 0
	p.seen |= 1 << bit
}

// top reads one entry of the outer dictionary.
func (p *parser) top(key []byte) {
	m := p.m
	switch string(key) {
	case "t":
		p.once(0)
		m.Tx = p.optString()
	case "y":
		p.once(1)
		if y := p.optString(); len(y) == 1 {
			m.Kind = Kind(y[0])
		}
	case "q":
		p.once(2)
		m.Method = p.optString()
	case "a":
		p.once(3)
		p.readBody(p.query)
	case "r":
		p.once(4)
		p.readBody(!p.query) // libtorrent's errors carry an `r` beside the `e`
	case "e":
		p.once(5)
		p.readError()
	case "v":
		p.once(6)
		m.Version = p.optString()
	case "ip":
		p.once(7)
		m.RawIP = p.optString()
	case "ro":
		p.once(8)
		m.ReadOnly = p.optFlag()
	default:
		p.skip()
	}
}

// optString reads a string, or passes over a value of another type: nil.
func (p *parser) optString() []byte {
	if c := p.peek(); c < '0' || c > '9' {
		p.skip()
		return nil
	}
	return p.str()
}

// optInt reads an integer that fits an int64, or passes over what is none.
func (p *parser) optInt() (int64, bool) {
	if p.peek() != 'i' {
		p.skip()
		return 0, false
	}
	return p.num()
}

func (p *parser) optFlag() bool {
	v, ok := p.optInt()
	return ok && v != 0
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

// ExternalAddr returns our own address as the sender sees it (BEP 42).
func (m *Message) ExternalAddr() (netip.AddrPort, bool) { return ParseAddr(m.RawIP) }

// lists are the values that are lists of compact entries.
const lists = HasNodes | HasNodes6 | HasValues | HasSamples

// Whole reports whether the lists of the message that are there hold a whole number of
// entries. One that does not names nobody, and is in Bad; the others stand.
func (m *Message) Whole() bool { return m.Bad&lists == 0 }

// Clone returns a copy of m that does not alias the datagram.
func (m *Message) Clone() Message {
	c := *m
	for _, field := range []*[]byte{
		&c.Tx, &c.Method, &c.Version, &c.Token, &c.Nodes, &c.Nodes6, &c.Values, &c.Text, &c.Body, &c.RawIP,
		&c.Packet, &c.V, &c.K, &c.Sig, &c.Salt, &c.Samples, &c.SeedFilter, &c.PeerFilter,
	} {
		*field = bytes.Clone(*field)
	}
	return c
}
