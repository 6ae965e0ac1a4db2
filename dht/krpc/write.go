package krpc

import (
	"net/netip"
	"slices"
	"strconv"
)

// Query is a question to be written. Fields a method does not use stay zero.
type Query struct {
	Method   string // one of BEP 5, 44 or 51; for others there is AppendQuery
	Tx       []byte
	ID       ID // of the node that asks
	Target   ID // target or info_hash, as Method has it; put needs none
	Port     uint16
	Implied  bool
	Seed     bool // announce_peer, BEP 33: the peer has the whole torrent
	NoSeed   bool // get_peers, BEP 33: prefer peers that are not seeds
	Scrape   bool // get_peers, BEP 33: ask for filters
	Token    []byte
	Want     Want
	Item     *Item  // put: one that [Item.Check] approves of
	Seq      *int64 // get, BEP 44: nil, or leave the item out unless it is newer
	Cas      *int64 // put, BEP 44: nil, or what the stored sequence number must be
	Version  string // `v`; empty: none
	ReadOnly bool   // BEP 43
}

// Append appends the encoded query to b.
func (q *Query) Append(b []byte) []byte {
	b = append(b, "d1:ad"...)
	if q.Cas != nil {
		b = appendInt(b, "3:cas", *q.Cas)
	}
	b = append(b, "2:id20:"...)
	b = append(b, q.ID[:]...)
	switch q.Method {
	case "find_node":
		b = append(b, "6:target20:"...)
		b = append(b, q.Target[:]...)
	case "get_peers":
		b = append(b, "9:info_hash20:"...)
		b = append(b, q.Target[:]...)
		b = appendFlag(b, "6:noseed", q.NoSeed)
		b = appendFlag(b, "6:scrape", q.Scrape)
	case "announce_peer":
		b = q.appendAnnounce(b)
	case "get", "sample_infohashes":
		if q.Seq != nil {
			b = appendInt(b, "3:seq", *q.Seq)
		}
		b = append(b, "6:target20:"...)
		b = append(b, q.Target[:]...)
	case "put":
		b = q.appendPut(b)
	}
	b = appendWant(b, q.Want)
	b = append(b, "e1:q"...)
	b = AppendString(b, q.Method)
	return appendTail(b, q.Tx, q.Version, q.ReadOnly, KindQuery)
}

func (q *Query) appendAnnounce(b []byte) []byte {
	b = append(b, "12:implied_porti"...)
	b = appendBit(b, q.Implied)
	b = append(b, "e9:info_hash20:"...)
	b = append(b, q.Target[:]...)
	b = appendInt(b, "4:port", int64(q.Port))
	b = appendFlag(b, "4:seed", q.Seed)
	return AppendString(append(b, "5:token"...), q.Token)
}

func (q *Query) appendPut(b []byte) []byte {
	if q.Item == nil {
		return AppendString(append(b, "5:token"...), q.Token)
	}
	b = q.Item.appendKey(b)
	if q.Item.Mutable && len(q.Item.Salt) > 0 {
		b = AppendString(append(b, "4:salt"...), q.Item.Salt)
	}
	b = q.Item.appendSig(b)
	b = AppendString(append(b, "5:token"...), q.Token)
	return append(append(b, "1:v"...), q.Item.Value...)
}

// AppendQuery appends a query of any method whose arguments are already a
// bencoded dictionary with an `id`, such as [WithID] returns.
func AppendQuery(b []byte, method string, args, tx []byte, version string, readOnly bool) []byte {
	b = append(b, "d1:a"...)
	b = append(b, args...)
	b = append(b, "1:q"...)
	b = AppendString(b, method)
	return appendTail(b, tx, version, readOnly, KindQuery)
}

// Response is an answer to be written.
type Response struct {
	Tx      []byte
	ID      ID             // of the node that answers
	IP      netip.AddrPort // the querier, told what address it has (BEP 42); invalid: left out
	Lists   Want           // which node lists to write, even if empty
	Nodes   []Contact      // IPv4
	Nodes6  []Contact      // IPv6
	Token   []byte         // nil: none
	Values  []netip.AddrPort
	Version string

	Item    *Item // BEP 44: one that [Item.Check] approves of; nil: none. The salt is never written
	SeqOnly bool  // of Item, a mutable one, write only Seq: the querier has the rest

	Sampled  bool  // BEP 51: write the three below, also if they are zero
	Samples  []ID  // at most 34 fit beside eight nodes
	Num      int64 // how many info-hashes the node keeps
	Interval int64 // seconds until the samples change

	SeedFilter *Bloom // BEP 33; nil: none
	PeerFilter *Bloom
}

// Append appends the encoded response to b.
func (r *Response) Append(b []byte) []byte {
	b = appendHead(b, r.IP)
	b = append(b, "1:rd"...)
	b = appendFilter(b, "4:BFpe", r.PeerFilter)
	b = appendFilter(b, "4:BFsd", r.SeedFilter)
	b = append(b, "2:id20:"...)
	b = append(b, r.ID[:]...)
	if r.Sampled {
		b = appendInt(b, "8:interval", r.Interval)
	}
	if r.Item != nil && !r.SeqOnly {
		b = r.Item.appendKey(b)
	}
	if r.Lists&Want4 != 0 {
		b = append(b, "5:nodes"...)
		b = appendContacts(b, r.Nodes, true)
	}
	if r.Lists&Want6 != 0 {
		b = append(b, "6:nodes6"...)
		b = appendContacts(b, r.Nodes6, false)
	}
	if r.Sampled {
		b = appendInt(b, "3:num", r.Num)
		b = appendSamples(b, r.Samples)
	}
	switch {
	case r.Item != nil && r.SeqOnly:
		b = appendInt(b, "3:seq", r.Item.Seq)
	case r.Item != nil:
		b = r.Item.appendSig(b)
	}
	if r.Token != nil {
		b = append(b, "5:token"...)
		b = AppendString(b, r.Token)
	}
	if r.Item != nil && !r.SeqOnly {
		b = append(append(b, "1:v"...), r.Item.Value...)
	}
	b = appendValues(b, r.Values)
	b = append(b, 'e')
	return appendTail(b, r.Tx, r.Version, false, KindResponse)
}

// AppendResponse appends a response whose `r` is already a bencoded dictionary
// with an `id`, such as [WithID] returns.
func AppendResponse(b, rets, tx []byte, ip netip.AddrPort, version string) []byte {
	b = appendHead(b, ip)
	b = append(b, "1:r"...)
	b = append(b, rets...)
	return appendTail(b, tx, version, false, KindResponse)
}

// AppendError appends an error message.
func AppendError(b []byte, code int, text string, tx []byte, ip netip.AddrPort, version string) []byte {
	b = append(b, "d1:eli"...)
	b = strconv.AppendInt(b, int64(code), 10)
	b = append(b, 'e')
	b = AppendString(b, text)
	b = append(b, 'e')
	b = appendIP(b, ip)
	return appendTail(b, tx, version, false, KindError)
}

// appendKey writes the first field of a mutable item: k.
func (it *Item) appendKey(b []byte) []byte {
	if !it.Mutable {
		return b
	}
	return append(append(b, "1:k32:"...), it.Key[:]...)
}

// appendSig writes the next fields: seq and sig.
func (it *Item) appendSig(b []byte) []byte {
	if !it.Mutable {
		return b
	}
	b = appendInt(b, "3:seq", it.Seq)
	return append(append(b, "3:sig64:"...), it.Sig[:]...)
}

func appendHead(b []byte, ip netip.AddrPort) []byte { return appendIP(append(b, 'd'), ip) }

func appendIP(b []byte, ip netip.AddrPort) []byte {
	if !ip.IsValid() {
		return b
	}
	if ip.Addr().Is4() {
		b = append(b, "2:ip6:"...)
	} else {
		b = append(b, "2:ip18:"...)
	}
	return AppendAddr(b, ip)
}

// appendTail writes what all messages end with: ro, t, v, y.
func appendTail(b, tx []byte, version string, readOnly bool, kind Kind) []byte {
	if readOnly {
		b = append(b, "2:roi1e"...)
	}
	b = append(b, "1:t"...)
	b = AppendString(b, tx)
	if version != "" {
		b = append(b, "1:v"...)
		b = AppendString(b, version)
	}
	b = append(b, "1:y1:"...)
	return append(b, byte(kind), 'e')
}

// appendContacts writes a compact node list. A contact of the other family is left out: the string
// would not have the announced length, and the node that named the contact could continue the
// message.
func appendContacts(b []byte, contacts []Contact, v4 bool) []byte {
	size, n := compactContact6, 0
	if v4 {
		size = compactContact4
	}
	for i := range contacts {
		if contacts[i].Addr.Addr().Is4() == v4 {
			n += size
		}
	}
	b = strconv.AppendUint(b, uint64(n), 10)
	b = append(b, ':')
	b = slices.Grow(b, n)
	for i := range contacts {
		if c := &contacts[i]; c.Addr.Addr().Is4() == v4 {
			b = b[:len(b)+IDLen]
			*(*ID)(b[len(b)-IDLen:]) = c.ID // in place: 20 bytes are too few to call a function for
			b = AppendAddr(b, c.Addr)
		}
	}
	return b
}

func appendWant(b []byte, want Want) []byte {
	if want == 0 {
		return b
	}
	b = append(b, "4:wantl"...)
	if want&Want4 != 0 {
		b = append(b, "2:n4"...)
	}
	if want&Want6 != 0 {
		b = append(b, "2:n6"...)
	}
	return append(b, 'e')
}

func appendBit(b []byte, on bool) []byte {
	if on {
		return append(b, '1')
	}
	return append(b, '0')
}

// appendInt writes an entry whose key is bencoded already.
func appendInt(b []byte, key string, v int64) []byte {
	b = append(append(b, key...), 'i')
	return append(strconv.AppendInt(b, v, 10), 'e')
}

// appendFlag writes an entry only if it is on: absent means no in all messages.
func appendFlag(b []byte, key string, on bool) []byte {
	if !on {
		return b
	}
	return append(append(b, key...), "i1e"...)
}

func appendFilter(b []byte, key string, f *Bloom) []byte {
	if f == nil {
		return b
	}
	return append(append(append(b, key...), "256:"...), f[:]...)
}

func appendSamples(b []byte, samples []ID) []byte {
	b = append(b, "7:samples"...)
	b = append(strconv.AppendUint(b, uint64(IDLen*len(samples)), 10), ':')
	for i := range samples {
		b = append(b, samples[i][:]...)
	}
	return b
}

func appendValues(b []byte, values []netip.AddrPort) []byte {
	if len(values) == 0 {
		return b
	}
	b = append(b, "6:valuesl"...)
	for _, v := range values {
		if v.Addr().Is4() {
			b = append(b, "6:"...)
		} else {
			b = append(b, "18:"...)
		}
		b = AppendAddr(b, v)
	}
	return append(b, 'e')
}
