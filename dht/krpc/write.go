package krpc

import (
	"net/netip"
	"strconv"
)

// Query is a question to be written. Fields a method does not use stay zero.
type Query struct {
	Method   string // "ping", "find_node", "get_peers" or "announce_peer"
	Tx       []byte
	ID       ID // ours
	Target   ID // target or info_hash, as Method has it
	Port     uint16
	Implied  bool
	Token    []byte
	Want     Want
	Version  string // `v`; empty: none
	ReadOnly bool   // BEP 43
}

// Append appends the encoded query to b.
func (q *Query) Append(b []byte) []byte {
	b = append(b, "d1:ad2:id20:"...)
	b = append(b, q.ID[:]...)
	if q.Method == "announce_peer" {
		b = append(b, "12:implied_porti"...)
		b = appendBit(b, q.Implied)
		b = append(b, 'e')
	}
	switch q.Method {
	case "get_peers", "announce_peer":
		b = append(b, "9:info_hash20:"...)
		b = append(b, q.Target[:]...)
	case "find_node":
		b = append(b, "6:target20:"...)
		b = append(b, q.Target[:]...)
	}
	if q.Method == "announce_peer" {
		b = append(b, "4:porti"...)
		b = strconv.AppendUint(b, uint64(q.Port), 10)
		b = append(b, "e5:token"...)
		b = AppendString(b, q.Token)
	}
	b = appendWant(b, q.Want)
	b = append(b, "e1:q"...)
	b = AppendString(b, q.Method)
	return appendTail(b, q.Tx, q.Version, q.ReadOnly, KindQuery)
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
	ID      ID             // ours
	IP      netip.AddrPort // the querier, told what address it has (BEP 42); invalid: left out
	Lists   Want           // which node lists to write, even if empty
	Nodes   []Contact      // IPv4
	Nodes6  []Contact      // IPv6
	Token   []byte         // nil: none
	Values  []netip.AddrPort
	Version string
}

// Append appends the encoded response to b.
func (r *Response) Append(b []byte) []byte {
	b = appendHead(b, r.IP)
	b = append(b, "1:rd2:id20:"...)
	b = append(b, r.ID[:]...)
	if r.Lists&Want4 != 0 {
		b = append(b, "5:nodes"...)
		b = appendContacts(b, r.Nodes, true)
	}
	if r.Lists&Want6 != 0 {
		b = append(b, "6:nodes6"...)
		b = appendContacts(b, r.Nodes6, false)
	}
	if r.Token != nil {
		b = append(b, "5:token"...)
		b = AppendString(b, r.Token)
	}
	if len(r.Values) > 0 {
		b = append(b, "6:valuesl"...)
		for _, v := range r.Values {
			if v.Addr().Is4() {
				b = append(b, "6:"...)
			} else {
				b = append(b, "18:"...)
			}
			b = AppendAddr(b, v)
		}
		b = append(b, 'e')
	}
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

// AppendString appends a bencoded string.
func AppendString[T []byte | string](b []byte, s T) []byte {
	b = strconv.AppendUint(b, uint64(len(s)), 10)
	b = append(b, ':')
	return append(b, s...)
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

// appendContacts writes a compact node list. A contact of the other family is
// left out: it would give the string another length than announced, and let
// whoever brought it in continue the message.
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
	for i := range contacts {
		if contacts[i].Addr.Addr().Is4() == v4 {
			b = AppendContact(b, contacts[i])
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
