package probe

import (
	"bytes"
	"net/netip"
	"strings"
)

// answering is a mutant that answers a datagram which the probe sends as it is.
func answering(name, rule string, is func(packet []byte) bool) mutant {
	return mutant{name: name, rules: []string{rule}, meets: func(m *machine, _ netip.AddrPort, packet []byte) []byte {
		if !is(packet) {
			return nil
		}
		id := m.site.target.ID()
		return encode(dict{"t": "pong", "y": "r", "r": dict{"id": string(id[:])}})
	}}
}

// dying is a mutant that ends when it meets a datagram.
func dying(name, rule, part string) mutant {
	return mutant{name: name, rules: []string{rule}, meets: func(m *machine, _ netip.AddrPort, packet []byte) []byte {
		m.dead = m.dead || bytes.Contains(packet, []byte(part))
		return nil
	}}
}

// deaf is a mutant that ignores datagrams.
func deaf(name, rule string, is func(packet []byte) bool) mutant {
	return mutant{name: name, rules: []string{rule}, meets: func(m *machine, _ netip.AddrPort, packet []byte) []byte {
		if is(packet) {
			return nothing
		}
		return nil
	}}
}

// lenient is a mutant that takes an id which is not valid.
func lenient(name, rule string, is func(v any, given bool) bool) mutant {
	return mutant{name: name, rules: []string{rule}, hears: func(m *machine, _ netip.AddrPort, q dict) bool {
		a, ok := q["a"].(dict)
		if !ok {
			return true
		}
		if v, given := a["id"]; is(v, given) {
			a["id"] = strings.Repeat("i", 20)
		}
		return true
	}}
}

func has(part string) func([]byte) bool {
	return func(packet []byte) bool { return bytes.Contains(packet, []byte(part)) }
}

func begins(part string) func([]byte) bool {
	return func(packet []byte) bool { return bytes.HasPrefix(packet, []byte(part)) }
}

// echoes is a mutant that returns other transaction ids.
func echoes(name, rule string, change func(tx string) string) mutant {
	return mutant{name: name, rules: []string{rule}, says: func(m *machine, q, a dict) bool {
		a["t"] = change(a["t"].(string))
		return true
	}}
}

var messages = []mutant{
	{name: "writes keys out of order", rules: []string{"writes the keys of a response in order"}, raw: func(m *machine, q dict, answer []byte) []byte {
		if !asks(q, "get_peers") || !bytes.HasPrefix(answer, []byte("d2:ip")) {
			return answer
		}
		head := bytes.Index(answer, []byte("1:rd")) // ip comes first: put it last
		return bytes.Join([][]byte{[]byte("d"), answer[head : len(answer)-1], answer[1:head], []byte("e")}, nil)
	}},
	{name: "writes something behind a response", rules: []string{"writes the keys of a response in order"}, raw: func(m *machine, q dict, answer []byte) []byte {
		if !asks(q, "get_peers") {
			return answer
		}
		return append(bytes.Clone(answer), "\r\n"...)
	}},
	{name: "writes something behind an error", rules: []string{"writes the keys of an error in order"}, raw: func(m *machine, q dict, answer []byte) []byte {
		if decode(answer)["y"] != "e" || !asks(q, "find_node") {
			return answer
		}
		return append(bytes.Clone(answer), 0)
	}},
	{name: "writes an error as a text", rules: []string{"writes an error as a list"}, says: func(m *machine, q, a dict) bool {
		if code(a) == 203 && asks(q, "find_node") && args(q)["target"] == nil {
			a["e"] = "203 no target"
		}
		return true
	}},
	{name: "writes the code of an error as a text", rules: []string{"writes an error as a list"}, says: func(m *machine, q, a dict) bool {
		if code(a) == 203 && asks(q, "find_node") && args(q)["target"] == nil {
			a["e"] = []any{"203", "no target"}
		}
		return true
	}},
	{name: "has another id for find_node", rules: []string{"has one id for everybody"}, says: onAnswer("find_node", func(m *machine, q, r dict) {
		r["id"] = strings.Repeat("?", 20)
	})},
	echoes("cuts transaction ids to 4 bytes", "echoes a transaction id of", func(tx string) string { return tx[:min(len(tx), 4)] }),
	echoes("pads transaction ids to 2 bytes", "echoes a transaction id of 1 byte", func(tx string) string {
		return tx + strings.Repeat("\x00", max(0, 2-len(tx)))
	}),
	echoes("ends transaction ids at a zero", "echoes a transaction id of", func(tx string) string {
		before, _, _ := strings.Cut(tx, "\x00")
		return before
	}),
	answering("answers without a transaction id", "gives no answer to a query without a transaction id", func(p []byte) bool {
		q := decode(p)
		return q["y"] == "q" && q["t"] == nil
	}),
	deaf("wants keys in order", "reads a query whose keys are out of order", begins("d1:y1:q")),
	deaf("wants no unknown keys", "reads a query with keys that it does not know", has("4:more")),
	answering("answers hello", "gives no answer to what is no dictionary", begins("hello")),
	answering("answers half a query", "gives no answer to a query that is cut short", func(p []byte) bool {
		return bytes.HasPrefix(p, []byte("d1:ad2:id")) && bytes.HasSuffix(p, []byte("1:t4:pong"))
	}),
	answering("answers an error", "gives no answer to an error", func(p []byte) bool { d := decode(p); return d["y"] == "e" && d["t"] == "pong" }),
	answering("answers a response", "gives no answer to a response", func(p []byte) bool { d := decode(p); return d["y"] == "r" && d["t"] == "pong" }),
	answering("answers messages of no kind", "gives no answer to a message of an unknown kind", has("1:y1:x")),
	answering("answers with bytes behind", "gives no answer to a query with bytes behind it", func(p []byte) bool { return bytes.HasSuffix(p, []byte("1:y1:qee")) }),
	dying("dies of deep lists", "is alive after a list nested 5000 deep", strings.Repeat("l", 5000)),
	dying("dies of long strings", "is alive after a string that says", "a2147483647:"),
	dying("dies of large numbers", "is alive after a query with an integer of 100 digits", strings.Repeat("9", 100)),
	dying("dies of a number as target", "is alive after the probe \"refuses a find_node for a target that is a number", "6:targeti20e"),
	{name: "has 203 for unknown methods", rules: []string{"refuses a method it does not know with 204"}, says: func(m *machine, q, a dict) bool {
		if code(a) == 204 {
			fails(a, 203, "no such method")
		}
		return true
	}},
	deaf("ignores queries without arguments", "refuses a query without arguments", begins("d1:q4:ping1:t4:pong1:y1:qe")),
	lenient("takes queries without an id", "refuses a query without an id", func(v any, given bool) bool { return !given }),
	lenient("takes ids of 19 bytes", "refuses an id of 19 bytes", func(v any, _ bool) bool { s, ok := v.(string); return ok && len(s) == 19 }),
	lenient("takes ids of 21 bytes", "refuses an id of 21 bytes", func(v any, _ bool) bool { s, ok := v.(string); return ok && len(s) == 21 }),
	lenient("takes numbers as ids", "refuses an id that is a number", func(v any, _ bool) bool { _, ok := v.(int64); return ok }),
	{name: "tells nobody his address", rules: []string{"tells the asker its address"}, says: func(m *machine, q, a dict) bool {
		delete(a, "ip")
		return true
	}},
	{name: "tells a wrong address", rules: []string{"tells the asker its address"}, says: func(m *machine, q, a dict) bool {
		a["ip"] = "\x01\x02\x03\x04\x1a\xe1"
		return true
	}},
	{name: "does not answer the read-only", rules: []string{"answers a read-only node"}, hears: func(m *machine, _ netip.AddrPort, q dict) bool {
		return q["ro"] == nil
	}},
}
