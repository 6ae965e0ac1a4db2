package luabind

import (
	"net/netip"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/engine"
)

// answer is a copy of a reply that a node gave to us.
type answer struct {
	from    krpc.Contact
	rtt     time.Duration
	message krpc.Message
}

func copyAnswer(r dht.Reply) answer { return answer{r.From, r.RTT, r.Message.Clone()} }

// replyType is what scripts see of it.
var replyType = class{
	Name: "dht.Reply", Text: "What one node replied.",
	Fields: []field{
		{Name: "id", Type: "id", Text: "The id under which it replied; nil in a refusal without one."},
		{Name: "addr", Type: "address", Text: "The address that was asked."},
		{Name: "rtt", Type: "seconds", Text: "How long the reply took."},
		{Name: "version", Type: "string?", Text: "What it says of its software: by convention two letters and two bytes."},
		{Name: "ip", Type: "address?", Text: "Our own address as it sees us (BEP 42)."},
		{Name: "raw", Type: "table<string, any>?", Text: "All values of the reply as they were sent, ids in raw bytes; nil if they hold an integer beyond 64 bits."},
		{Name: "nodes", Type: "dht.Contact[]?", Text: "IPv4 nodes that it named."},
		{Name: "nodes6", Type: "dht.Contact[]?", Text: "IPv6 nodes that it named."},
		{Name: "values", Type: "address[]?", Text: "Peers that it named."},
		{Name: "token", Type: "string?", Text: "What it wants to be shown with an announce or a put."},
		{Name: "value", Type: "any", Text: "The value of an item (BEP 44)."},
		{Name: "seq", Type: "integer?", Text: "The sequence number of a mutable item."},
		{Name: "k", Type: "string?", Text: "The public key of a mutable item, in hex."},
		{Name: "sig", Type: "string?", Text: "The signature of a mutable item, in hex."},
		{Name: "valid", Type: "boolean?", Text: "Of dht.rpc.get: whether the item is the one of the target and the salt."},
		{Name: "samples", Type: "id[]?", Text: "Info-hashes that it stores peers of (BEP 51)."},
		{Name: "num", Type: "integer?", Text: "How many info-hashes it stores."},
		{Name: "interval", Type: "seconds?", Text: "For how long it does not want to be asked for samples again."},
		{Name: "seeds", Type: "number?", Text: "Seeds of the torrent that it stores, estimated from its Bloom filter (BEP 33)."},
		{Name: "peers", Type: "number?", Text: "Other peers, likewise."},
		{Name: "malformed", Type: "string[]?", Text: "Which of nodes, nodes6, values and samples have a length that is no whole number of entries: such a list names nobody, an odd entry of values neither, and the other fields stand. nodes of 38 bytes each that hold IPv4 addresses wrapped in IPv6 are read as they are meant."},
		{Name: "error", Type: "table?", Text: "Of dht.rpc.raw: {code = ..., message = ...}, if the node refused."},
		{Name: "packet", Type: "string", Text: "The whole datagram."},
	},
}

var contactType = class{
	Name: "dht.Contact", Text: "A node as others speak of it.",
	Fields: []field{
		{Name: "id", Type: "id", Text: "Its id."},
		{Name: "addr", Type: "address", Text: "Its address."},
	},
}

// What a reply takes besides what it holds, in bytes and in instructions.
const (
	replySize = 4 << 10
	replyWork = 400
)

// replyValue makes the table of a reply. What it does not have is nil.
func replyValue(L *lua.LState, a answer) *lua.LTable {
	engine.Charge(L, replySize, replyWork)
	t := shaped(L, &replyType, 8)
	m := &a.message
	if m.Kind == krpc.KindError {
		t.RawSetString("error", refusalValue(L, m))
	}
	if m.Has&krpc.HasID != 0 {
		t.RawSetString("id", idValue(m.ID))
	}
	t.RawSetString("addr", addrValue(a.from.Addr))
	t.RawSetString("rtt", secondsValue(a.rtt))
	if len(m.Version) > 0 {
		t.RawSetString("version", lua.LString(m.Version))
	}
	if ip, ok := m.ExternalAddr(); ok {
		t.RawSetString("ip", addrValue(ip))
	}
	if raw, err := decodeBencode(L, m.Body, nil); err == nil {
		t.RawSetString("raw", raw)
	}
	if m.Has&krpc.HasNodes != 0 {
		t.RawSetString("nodes", contactList(L, m.Nodes, false))
	}
	if m.Has&krpc.HasNodes6 != 0 {
		t.RawSetString("nodes6", contactList(L, m.Nodes6, true))
	}
	if m.Has&krpc.HasValues != 0 {
		values := L.NewTable()
		m.EachValue(func(addr netip.AddrPort) { values.Append(addrValue(addr)) })
		t.RawSetString("values", values)
	}
	if m.Has&krpc.HasToken != 0 {
		t.RawSetString("token", lua.LString(m.Token))
	}
	setItem(L, t, m)
	setSamples(L, t, m)
	setFilters(t, m)
	setMalformed(L, t, m)
	t.RawSetString("packet", lua.LString(m.Packet)) // last, as of least use to who looks at all of it
	return t
}

// refusalValue is {code, message}.
func refusalValue(L *lua.LState, m *krpc.Message) *lua.LTable {
	t := L.CreateTable(0, 2)
	t.RawSetString("code", lua.LNumber(m.Code))
	t.RawSetString("message", lua.LString(m.Text))
	return t
}

// setItem tells what an answer to get holds, valid or not.
func setItem(L *lua.LState, t *lua.LTable, m *krpc.Message) {
	if m.Has&krpc.HasV != 0 {
		if value, err := decodeBencode(L, m.V, nil); err == nil {
			t.RawSetString("value", value)
		}
	}
	if m.Has&krpc.HasSeq != 0 {
		t.RawSetString("seq", int64Value(m.Seq))
	}
	if m.Has&krpc.HasK != 0 {
		t.RawSetString("k", hexValue(m.K))
	}
	if m.Has&krpc.HasSig != 0 {
		t.RawSetString("sig", hexValue(m.Sig))
	}
}

// setSamples tells what an answer to sample_infohashes holds.
func setSamples(L *lua.LState, t *lua.LTable, m *krpc.Message) {
	if m.Has&krpc.HasSamples != 0 {
		samples := L.NewTable()
		m.EachSample(func(id krpc.ID) { samples.Append(idValue(id)) })
		t.RawSetString("samples", samples)
	}
	if m.Has&krpc.HasNum != 0 {
		t.RawSetString("num", int64Value(m.Num))
	}
	if m.Has&krpc.HasInterval != 0 {
		t.RawSetString("interval", int64Value(m.Interval))
	}
}

// setFilters tells what the filters of a scrape say.
func setFilters(t *lua.LTable, m *krpc.Message) {
	if m.Has&krpc.HasSeedFilter != 0 {
		t.RawSetString("seeds", lua.LNumber((*krpc.Bloom)(m.SeedFilter).Count()))
	}
	if m.Has&krpc.HasPeerFilter != 0 {
		t.RawSetString("peers", lua.LNumber((*krpc.Bloom)(m.PeerFilter).Count()))
	}
}

// setMalformed names the lists that are no whole number of entries.
func setMalformed(L *lua.LState, t *lua.LTable, m *krpc.Message) {
	if m.Whole() {
		return
	}
	names := L.NewTable()
	for _, list := range []struct {
		name string
		bit  krpc.Fields
	}{{"nodes", krpc.HasNodes}, {"nodes6", krpc.HasNodes6}, {"values", krpc.HasValues}, {"samples", krpc.HasSamples}} {
		if m.Bad&list.bit != 0 {
			names.Append(lua.LString(list.name))
		}
	}
	t.RawSetString("malformed", names)
}

func contactList(L *lua.LState, compact []byte, v6 bool) *lua.LTable {
	t := L.NewTable()
	krpc.EachContact(compact, v6, func(c krpc.Contact) { t.Append(contactValue(L, c)) })
	return t
}

// idKeys are the values of messages that are ids. Scripts see those of a query,
// and of an answer that they decide on, in hex like every other id.
var idKeys = []string{"id", "target", "info_hash"}

// bodyValue makes a table of the arguments of a query or the values of a
// response, with ids in hex. What cannot be read is an empty table.
func bodyValue(L *lua.LState, body []byte) *lua.LTable {
	v, err := decodeBencode(L, body, nil)
	t, ok := v.(*lua.LTable)
	if err != nil || !ok {
		return L.NewTable()
	}
	for _, key := range idKeys {
		if s, ok := t.RawGetString(key).(lua.LString); ok {
			if id, ok := krpc.IDFrom(string(s)); ok {
				t.RawSetString(key, idValue(id))
			}
		}
	}
	return t
}

// encodeBody is the inverse of bodyValue: ids may be in hex or raw.
func encodeBody(L *lua.LState, t *lua.LTable) ([]byte, error) {
	raw := L.NewTable()
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		raw.RawSet(k, v)
	}
	for _, key := range idKeys {
		if id, ok := toID(raw.RawGetString(key)); ok {
			raw.RawSetString(key, lua.LString(id[:]))
		}
	}
	return encodeBencodeDict(L, raw)
}
