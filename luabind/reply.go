package luabind

import (
	"errors"
	"net/netip"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/luabind/plain"
)

// answer is a copy of the reply of a node.
type answer struct {
	from    krpc.Contact
	rtt     time.Duration
	message krpc.Message
}

func copyAnswer(r dht.Reply) answer { return answer{r.From, r.RTT, r.Message.Clone()} }

// replyType describes the reply that scripts get.
var replyType = class{
	Name: "dht.Reply", Text: "The reply of one node.",
	Fields: []field{
		{Name: "id", Type: "id", Text: "The id in the reply; nil if an error has none."},
		{Name: "addr", Type: "address", Text: "The address that was asked."},
		{Name: "rtt", Type: "seconds", Text: "How long the reply took."},
		{Name: "version", Type: "string?", Text: "Its software and version: by convention two letters and two bytes."},
		{Name: "ip", Type: "address?", Text: "The address of the asking node, as the replying node sees it (BEP 42)."},
		{Name: "raw", Type: "table<string, any>?", Text: "All values of the reply as they were sent, ids as raw bytes; nil if an integer has more than 64 bits."},
		{Name: "nodes", Type: "dht.Contact[]?", Text: "The IPv4 nodes in the reply."},
		{Name: "nodes6", Type: "dht.Contact[]?", Text: "The IPv6 nodes in the reply."},
		{Name: "values", Type: "address[]?", Text: "The peers in the reply."},
		{Name: "token", Type: "string?", Text: "The token that an announce or a put to this node needs."},
		{Name: "value", Type: "any", Text: "The value of an item (BEP 44)."},
		{Name: "seq", Type: "integer?", Text: "The sequence number of a mutable item."},
		{Name: "k", Type: "string?", Text: "The public key of a mutable item, in hex."},
		{Name: "sig", Type: "string?", Text: "The signature of a mutable item, in hex."},
		{Name: "valid", Type: "boolean?", Text: "After dht.rpc.get: whether the item matches the target and the salt."},
		{Name: "samples", Type: "id[]?", Text: "Info-hashes that it stores peers of (BEP 51)."},
		{Name: "num", Type: "integer?", Text: "How many info-hashes it stores."},
		{Name: "interval", Type: "seconds?", Text: "How long to wait before asking it for samples again."},
		{Name: "seeds", Type: "number?", Text: "The number of seeds that it stores for the torrent, estimated from its Bloom filter (BEP 33)."},
		{Name: "peers", Type: "number?", Text: "The number of other peers, estimated in the same way."},
		{Name: "malformed", Type: "string[]?", Text: "Which of nodes, nodes6, values and samples have a wrong length. Such a list is empty, a wrong entry of values is left out, and the other fields are read as usual. A nodes list with 38 bytes per entry, IPv4 addresses mapped to IPv6, is read as intended and is not malformed."},
		{Name: "error", Type: "table?", Text: "After dht.rpc.raw: {code = ..., message = ...} if the node replied with an error."},
		{Name: "packet", Type: "string", Text: "The whole datagram."},
	},
}

// The cost of a reply without its contents, in bytes and in instructions.
const (
	replySize = 4 << 10
	replyWork = 400
)

// replyValue makes the table of a reply. Fields that it does not have are nil.
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
	if raw, err := plain.DecodeBencode(L, m.Body, nil); err == nil {
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
	t.RawSetString("packet", lua.LString(m.Packet)) // last, because it is the least useful in a printed table
	return t
}

// refusalValue is {code, message}.
func refusalValue(L *lua.LState, m *krpc.Message) *lua.LTable {
	t := L.CreateTable(0, 2)
	t.RawSetString("code", lua.LNumber(m.Code))
	t.RawSetString("message", lua.LString(m.Text))
	return t
}

// setItem sets the fields of an answer to get, valid or not.
func setItem(L *lua.LState, t *lua.LTable, m *krpc.Message) {
	if m.Has&krpc.HasV != 0 {
		if value, err := plain.DecodeBencode(L, m.V, nil); err == nil {
			t.RawSetString("value", value)
		}
	}
	if m.Has&krpc.HasSeq != 0 {
		t.RawSetString("seq", plain.Int64(m.Seq))
	}
	if m.Has&krpc.HasK != 0 {
		t.RawSetString("k", hexValue(m.K))
	}
	if m.Has&krpc.HasSig != 0 {
		t.RawSetString("sig", hexValue(m.Sig))
	}
}

// setSamples sets the fields of an answer to sample_infohashes.
func setSamples(L *lua.LState, t *lua.LTable, m *krpc.Message) {
	if m.Has&krpc.HasSamples != 0 {
		samples := L.NewTable()
		m.EachSample(func(id krpc.ID) { samples.Append(idValue(id)) })
		t.RawSetString("samples", samples)
	}
	if m.Has&krpc.HasNum != 0 {
		t.RawSetString("num", plain.Int64(m.Num))
	}
	if m.Has&krpc.HasInterval != 0 {
		t.RawSetString("interval", plain.Int64(m.Interval))
	}
}

// setFilters sets the fields of an answer with Bloom filters.
func setFilters(t *lua.LTable, m *krpc.Message) {
	if m.Has&krpc.HasSeedFilter != 0 {
		t.RawSetString("seeds", lua.LNumber((*krpc.Bloom)(m.SeedFilter).Count()))
	}
	if m.Has&krpc.HasPeerFilter != 0 {
		t.RawSetString("peers", lua.LNumber((*krpc.Bloom)(m.PeerFilter).Count()))
	}
}

// setMalformed names the lists whose length is not a whole number of entries.
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

// idKeys are the keys of messages whose values are ids. Scripts see them in hex, like
// every other id, in a query and in the answer that a handler returns.
var idKeys = []string{"id", "target", "info_hash"}

// bodyValue makes a table of the arguments of a query or the values of a
// response, with ids in hex. A body that cannot be read is an empty table.
func bodyValue(L *lua.LState, body []byte) *lua.LTable {
	v, err := plain.DecodeBencode(L, body, nil)
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
	return plain.EncodeBencodeDict(L, raw)
}

var traceType = class{
	Name: "dht.Trace", Text: "The course of a walk.",
	Fields: []field{
		{Name: "queries", Type: "integer", Text: "Queries sent."},
		{Name: "replies", Type: "integer", Text: "Queries that were answered."},
		{Name: "timeouts", Type: "integer", Text: "Queries without an answer in time."},
		{Name: "errors", Type: "integer", Text: "Queries that were answered with an error, or with bytes that make no sense."},
		{Name: "pending", Type: "integer", Text: "Queries that were still open when the walk ended, or began to store something. queries is the sum of replies, timeouts, errors and pending."},
		{Name: "hops", Type: "integer", Text: "The longest path to a node that replied. Nodes known at the start have 0."},
		{Name: "duration", Type: "seconds", Text: "How long the walk took."},
		{Name: "path", Type: "dht.Step[]", Text: "Each query, in the order of sending."},
	},
}

var stepType = class{
	Name: "dht.Step", Text: "One query of a walk.",
	Fields: []field{
		{Name: "addr", Type: "address", Text: "The node that was asked."},
		{Name: "id", Type: "id?", Text: "Its id in the reply, or else as other nodes named it; nil if not known."},
		{Name: "method", Type: "string", Text: "The method of the query: \"get_peers\", or when an announce or a put stores, \"announce_peer\" or \"put\"."},
		{Name: "hop", Type: "integer", Text: "The number of hops from the start."},
		{Name: "sent", Type: "seconds", Text: "When the query was sent, since the walk began."},
		{Name: "rtt", Type: "seconds?", Text: "How long the reply took; nil if there was none."},
		{Name: "outcome", Type: `"reply"|"timeout"|"error"|"pending"`, Text: "pending: the walk ended before the answer came."},
		{Name: "code", Type: "integer?", Text: "The error code of a node that refused."},
		{Name: "message", Type: "string?", Text: "The message of its error, or what is wrong with its reply."},
		{Name: "seq", Type: "integer?", Text: "The sequence number of the item in the reply; 0 for an immutable item."},
	},
}

// traceValue makes the table of a trace; method is the method of its queries.
func traceValue(L *lua.LState, method string, trace *dht.Trace) *lua.LTable {
	t := shaped(L, &traceType, 8)
	for _, f := range []struct {
		name  string
		value int
	}{
		{"queries", trace.Queries}, {"replies", trace.Replies}, {"timeouts", trace.Timeouts},
		{"errors", trace.Errors}, {"pending", trace.Pending}, {"hops", trace.Hops},
	} {
		t.RawSetString(f.name, lua.LNumber(f.value))
	}
	t.RawSetString("duration", secondsValue(trace.Duration))
	t.RawSetString("path", plain.List(L, trace.Path, func(s dht.Step) lua.LValue { return stepValue(L, method, s) }))
	return t
}

func stepValue(L *lua.LState, method string, s dht.Step) *lua.LTable {
	t := shaped(L, &stepType, 8)
	t.RawSetString("addr", addrValue(s.Addr))
	if !s.ID.IsZero() {
		t.RawSetString("id", idValue(s.ID))
	}
	if s.Method != "" {
		method = s.Method
	}
	t.RawSetString("method", lua.LString(method))
	t.RawSetString("hop", lua.LNumber(s.Hop))
	t.RawSetString("sent", secondsValue(s.Sent))
	if s.RTT > 0 {
		t.RawSetString("rtt", secondsValue(s.RTT))
	}
	t.RawSetString("outcome", lua.LString(s.Outcome.String()))
	setReason(t, s)
	if s.Item {
		t.RawSetString("seq", plain.Int64(s.Seq))
	}
	return t
}

// setReason says what was wrong with the answer of a node, if anything.
func setReason(t *lua.LTable, s dht.Step) {
	if s.Err == nil || s.Outcome == dht.OutcomeTimeout {
		return
	}
	if q, ok := errors.AsType[*dht.QueryError](s.Err); ok {
		s.Err = q.Err
	}
	if r, ok := errors.AsType[*krpc.Error](s.Err); ok {
		t.RawSetString("code", lua.LNumber(r.Code))
		t.RawSetString("message", lua.LString(r.Message))
		return
	}
	t.RawSetString("message", lua.LString(s.Err.Error()))
}

var swarmType = class{
	Name: "dht.Swarm", Text: "The size of the swarm of a torrent. Estimates are good to a few per cent up to about 6000 of each.",
	Fields: []field{
		{Name: "seeds", Type: "number", Text: "Peers that have the whole torrent."},
		{Name: "peers", Type: "number", Text: "Peers that do not."},
		{Name: "filters", Type: "integer", Text: "Nodes that replied with Bloom filters."},
		{Name: "lists", Type: "integer", Text: "Nodes without Bloom filters, which replied with lists of peers. These count as not seeds."},
	},
}

func swarmValue(L *lua.LState, s dht.Swarm) *lua.LTable {
	t := shaped(L, &swarmType, 4)
	t.RawSetString("seeds", lua.LNumber(s.Seeds))
	t.RawSetString("peers", lua.LNumber(s.Peers))
	t.RawSetString("filters", lua.LNumber(s.Filters))
	t.RawSetString("lists", lua.LNumber(s.Lists))
	return t
}
