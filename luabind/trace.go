package luabind

import (
	"errors"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

var traceType = class{
	Name: "dht.Trace", Text: "How a walk went.",
	Fields: []field{
		{Name: "queries", Type: "integer", Text: "Queries sent."},
		{Name: "replies", Type: "integer", Text: "Queries that were answered."},
		{Name: "timeouts", Type: "integer", Text: "Queries that nobody answered in time."},
		{Name: "errors", Type: "integer", Text: "Queries that were refused, or answered with nonsense."},
		{Name: "pending", Type: "integer", Text: "Queries still open when the walk ended, or turned to its second half: queries is the sum of replies, timeouts, errors and pending."},
		{Name: "hops", Type: "integer", Text: "The longest way to a node that replied; 0 are those known at the start."},
		{Name: "duration", Type: "seconds", Text: "Of the whole walk."},
		{Name: "path", Type: "dht.Step[]", Text: "Each query, in the order of sending."},
	},
}

var stepType = class{
	Name: "dht.Step", Text: "One query of a walk.",
	Fields: []field{
		{Name: "addr", Type: "address", Text: "Who was asked."},
		{Name: "id", Type: "id?", Text: "The id under which it replied, or under which it was named; nil if neither is known."},
		{Name: "method", Type: "string", Text: "What it was asked: \"get_peers\"; in the second half of an announce or a put, \"announce_peer\" or \"put\"."},
		{Name: "hop", Type: "integer", Text: "How far from the start."},
		{Name: "sent", Type: "seconds", Text: "When it was asked, since the walk began."},
		{Name: "rtt", Type: "seconds?", Text: "How long the reply took; nil if there was none."},
		{Name: "outcome", Type: `"reply"|"timeout"|"error"|"pending"`, Text: "Pending is a query that nobody waited for any more."},
		{Name: "code", Type: "integer?", Text: "The error code of a node that refused."},
		{Name: "message", Type: "string?", Text: "What a node that refused said, or what is wrong with its reply."},
		{Name: "seq", Type: "integer?", Text: "Of an item that the reply held: its sequence number, 0 if it is immutable."},
	},
}

// traceValue makes the table of a trace; method is what the walk asks by.
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
	t.RawSetString("path", list(L, trace.Path, func(s dht.Step) lua.LValue { return stepValue(L, method, s) }))
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
		t.RawSetString("seq", int64Value(s.Seq))
	}
	return t
}

// setReason says why a node's answer was of no use, if it gave one.
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
