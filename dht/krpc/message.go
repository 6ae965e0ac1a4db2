package krpc

import (
	"bytes"
	"errors"
	"net/netip"
)

// Kind is the kind of a message: the value of its `y` key.
type Kind byte

// The three kinds of message (BEP 5).
const (
	KindQuery    Kind = 'q'
	KindResponse Kind = 'r'
	KindError    Kind = 'e'
)

// Fields is a set of the optional values of a message that were there and usable. A value of the
// wrong type or length counts as missing.
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

// The members of [Want]; the empty set means: the family of the datagram.
const (
	Want4 Want = 1 << iota // "n4"
	Want6                  // "n6"
)

// MaxToken is the longest token we accept, store or send back. Tokens in the
// wild have 4 to 20 bytes; a 1.4 kB one crashed a deployed client.
const MaxToken = 64

// MaxTx is the longest transaction id of a message that [Message.Parse] accepts. It is echoed, so
// the sender must not be able to make it large; nodes in the wild use 1 to 6 bytes, and rTorrent
// has the same limit.
const MaxTx = 20

// Message is one KRPC message, read from a datagram. Slices alias the datagram
// and live as long as it does. A Message can be used again for the next Parse.
type Message struct {
	Kind     Kind
	Has      Fields
	Bad      Fields // keys of BEP 33, 44 and 51 with a value of a wrong type, length or range; lists that are not whole
	ReadOnly bool   // of a query, BEP 43: `ro` is a non-zero integer
	Implied  bool   // announce_peer: `implied_port` is a non-zero integer
	Seed     bool   // announce_peer, BEP 33: `seed` is a non-zero integer
	NoSeed   bool   // get_peers, BEP 33: `noseed` is a non-zero integer
	Scrape   bool   // get_peers, BEP 33: `scrape` is a non-zero integer
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
	Interval int64  // seconds, 0 and up, until the node may be asked again

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

// ExternalAddr returns our own address as the sender sees it (BEP 42).
func (m *Message) ExternalAddr() (netip.AddrPort, bool) { return ParseAddr(m.RawIP) }

// lists are the values that are lists of compact entries.
const lists = HasNodes | HasNodes6 | HasValues | HasSamples

// Whole reports whether all lists of the message have a length that is a multiple of the size of
// their entries. A list that has not is skipped, and is in Bad; the others are valid.
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
