package luabind

import (
	"reflect"
	"strings"
	"unicode"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
)

// statsText says what each counter of [dht.Stats] counts.
var statsText = map[string]string{
	"PacketsIn":  "Datagrams received.",
	"PacketsOut": "Datagrams sent.",
	"BytesIn":    "Bytes received, as UDP payload.",
	"BytesOut":   "Bytes sent, as UDP payload.",

	"QueriesIn":   "Well-formed queries that the node was asked.",
	"RepliesOut":  "Replies it gave.",
	"ErrorsOut":   "Errors it gave.",
	"QueriesOut":  "Queries it sent.",
	"RepliesIn":   "Replies to its queries.",
	"ErrorsIn":    "Errors in answer to its queries.",
	"Timeouts":    "Queries of its that nobody answered.",
	"AnnouncesIn": "Announces it stored.",
	"ItemsIn":     "Items of BEP 44 it stored.",

	"Junk":        "Datagrams that are no message of the DHT.",
	"Martians":    "Datagrams from addresses that cannot be.",
	"Reflected":   "Queries under its own id.",
	"Unmatched":   "Replies and errors that answer nothing it asked, or came too late.",
	"Malformed":   "Replies that make no sense.",
	"Amplified":   "Replies held back or cut: they were over four times the query, of a sender that had not proved its address.",
	"Delayed":     "Queries of its that had to wait for the node's rate.",
	"Unserved":    "Queries dropped because the node is read-only.",
	"RateLimited": "Queries dropped because their sender asks too often.",
	"HooksMissed": "Queries that got the built-in answer because handlers of dht.on(\"query\") were too slow or too many.",

	"Denied":      "Queries of its that were not sent: their address is out of reach, which --allow-net widens.",
	"Pending":     "Queries of its that wait for an answer.",
	"Searches":    "Walks under way.",
	"Known":       "Nodes in its table.",
	"Refused":     "Nodes that found no room in its table.",
	"Hashes":      "Torrents of which somebody announced a peer to it.",
	"PeersStored": "Peers of these.",
	"ItemsStored": "Items of BEP 44 that others put at it.",
}

// droppedField is the one counter that is ours.
var droppedField = field{
	Name: "dropped_events", Type: "integer", Text: "Events that a handler of dht.on never saw because too many waited for it.",
}

// statsType describes what stats returns.
var statsType = class{
	Name: "dht.Stats", Text: "A node's counters since it was made, and its gauges.",
	Fields: func() (fields []field) {
		for _, f := range statsFields() {
			fields = append(fields, field{Name: snake(f.Name), Type: "integer", Text: statsText[f.Name]})
		}
		return append(fields, droppedField)
	}(),
}

// statsFields are the numbers of [dht.Stats], those of [dht.Counters] included.
func statsFields() (fields []reflect.StructField) {
	for _, f := range reflect.VisibleFields(reflect.TypeFor[dht.Stats]()) {
		if !f.Anonymous {
			fields = append(fields, f)
		}
	}
	return fields
}

// statsValue makes the table of a node's own counters and gauges.
func statsValue(L *lua.LState, s dht.Stats) *lua.LTable {
	t := shaped(L, &statsType, len(statsType.Fields))
	for _, f := range statsFields() {
		count, v := lua.LNumber(0), reflect.ValueOf(s).FieldByIndex(f.Index)
		if v.CanUint() {
			count = lua.LNumber(v.Uint())
		} else {
			count = lua.LNumber(v.Int())
		}
		t.RawSetString(snake(f.Name), count)
	}
	return t
}

// snake is QueriesIn as scripts spell it: queries_in.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
