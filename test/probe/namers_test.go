package probe

import (
	"bytes"
	"net/netip"
	"strings"

	"github.com/lightdht/lightdht/dht/krpc"
)

// contact is the 26 bytes of a node.
func contact(id, addr string) string { return id + addr }

// sender is the sender of a query as nodes name it.
func sender(from netip.AddrPort, id string) string {
	return contact(id, string(krpc.AppendAddr(nil, from)))
}

// fills is a mutant that takes a query of a method which lacks an argument, or has a bad one.
func fills(name, rule, method, key string, bad func(v any, given bool) bool) mutant {
	return mutant{name: name, rules: []string{rule}, hears: onQuery(method, func(m *machine, _ netip.AddrPort, a dict) {
		if v, given := a[key]; bad(v, given) {
			a[key] = strings.Repeat("t", 20)
		}
	})}
}

func missing(_ any, given bool) bool { return !given }

func ofLength(n int) func(any, bool) bool {
	return func(v any, _ bool) bool { s, ok := v.(string); return ok && len(s) == n }
}

func number(v any, _ bool) bool { _, ok := v.(int64); return ok }

// changesNodes is a mutant that names others in answer to find_node.
func changesNodes(name, rule string, change func(m *machine, q dict, nodes string) string, more ...string) mutant {
	return mutant{name: name, rules: append([]string{rule}, more...), says: onAnswer("find_node", func(m *machine, q, r dict) {
		if nodes, ok := r["nodes"].(string); ok {
			r["nodes"] = change(m, q, nodes)
		}
	})}
}

// targeted reports whether a query asks for that id.
func targeted(q dict, id string) bool { return args(q)["target"] == id }

func own(m *machine) string {
	id := m.site.target.ID()
	return string(id[:])
}

var namers = []mutant{
	changesNodes("cuts the last byte of its nodes", "names nodes in 26 bytes each", func(_ *machine, _ dict, nodes string) string {
		return nodes[:max(0, len(nodes)-1)]
	}, "names no node twice"),
	changesNodes("has addresses of IPv4 as IPv6 has them", "names nodes in 26 bytes each", func(_ *machine, _ dict, nodes string) string {
		mapped := "" // as shiyanhui/dht does
		for ; len(nodes) >= 26; nodes = nodes[26:] {
			mapped += nodes[:20] + strings.Repeat("\x00", 10) + "\xff\xff" + nodes[20:26]
		}
		return mapped
	}, "answers a find_node with no more than 4 times its bytes"),
	changesNodes("names nine", "names the K = 8 nearest nodes", func(_ *machine, _ dict, nodes string) string {
		if len(nodes) < 8*26 {
			return nodes
		}
		return nodes + contact(strings.Repeat("\xfe", 19)+"9", "\x0a\x00\xff\x09\x1a\xe1")
	}),
	changesNodes("leaves out the second nearest", "names the nearest to the target", func(_ *machine, q dict, nodes string) string {
		if len(nodes) < 8*26 {
			return nodes
		}
		return nodes[:26] + nodes[52:]
	}),
	changesNodes("names itself", "does not name itself", func(m *machine, q dict, nodes string) string {
		if !targeted(q, own(m)) || len(nodes) < 26 {
			return nodes
		}
		return contact(own(m), "\x0a\x00\x00\x01\x1a\xe1") + nodes[:len(nodes)-26]
	}),
	changesNodes("names a port of 0", "names nobody twice, and nobody with port 0", func(m *machine, q dict, nodes string) string {
		if !targeted(q, own(m)) || len(nodes) < 26 {
			return nodes
		}
		return nodes[:len(nodes)-2] + "\x00\x00"
	}),
	changesNodes("names one at two addresses", "names nobody twice, and nobody with port 0", func(m *machine, q dict, nodes string) string {
		if !targeted(q, own(m)) || len(nodes) < 52 {
			return nodes
		}
		last := nodes[len(nodes)-52 : len(nodes)-26]
		return nodes[:len(nodes)-26] + last[:24] + "\x77\x77"
	}),
	fills("needs no target", "refuses a find_node without a target", "find_node", "target", missing),
	fills("takes targets of 19 bytes", "refuses a find_node for a target of 19 bytes", "find_node", "target", ofLength(19)),
	fills("takes targets of 21 bytes", "refuses a find_node for a target of 21 bytes", "find_node", "target", ofLength(21)),
	fills("takes numbers as targets", "refuses a find_node for a target that is a number", "find_node", "target", number),
	{name: "names all who ask at once", rules: []string{"does not name a node that has never answered", "does not name a read-only node"}, hears: remembersSender, says: namesSenders(func(seen) bool { return true })},
	{name: "names all who ask twice", rules: []string{"does not name a node that has never answered, after two queries"}, hears: remembersSender, says: namesSenders(func(s seen) bool { return s.times > 1 && !s.readOnly })},
	{name: "names the read-only", rules: []string{"does not name a read-only node"}, hears: remembersSender, says: namesSenders(func(s seen) bool { return s.readOnly })},
	{name: "pings the read-only", rules: []string{"does not name a read-only node"}, hears: func(m *machine, from netip.AddrPort, q dict) bool {
		if q["ro"] != nil && asks(q, "find_node") {
			m.site.net.Post(m.site.target.Addr(), from, encode(dict{"a": dict{"id": own(m)}, "q": "ping", "t": "??", "y": "q"}))
		}
		return true
	}},
	{name: "believes who claims an id", rules: []string{"keeps a node's address when somebody else claims its id"}, hears: remembersSender, says: onAnswer("find_node", func(m *machine, q, r dict) {
		nodes, _ := r["nodes"].(string)
		var all []byte
		for ; len(nodes) >= 26; nodes = nodes[26:] {
			c := nodes[:26]
			if s, ok := m.memory[c[:20]].(seen); ok {
				c = sender(s.addr, c[:20])
			}
			all = append(all, c...)
		}
		r["nodes"] = string(all)
	})},
	{name: "has nodes6 for want = n4", rules: []string{"with want = n4 names IPv4 nodes only"}, says: onAnswer("find_node", func(m *machine, q, r dict) {
		if want, _ := args(q)["want"].([]any); len(want) == 1 && want[0] == "n4" {
			r["nodes6"] = ""
		}
	})},
	{name: "has nodes for want = n6", rules: []string{"with want = n6 names no IPv4 nodes"}, hears: onQuery("find_node", func(m *machine, _ netip.AddrPort, a dict) {
		if want, _ := a["want"].([]any); len(want) == 1 && want[0] == "n6" {
			delete(a, "want")
		}
	})},
	{name: "has nothing for two wants", rules: []string{"with want = n4, n6 names nodes"}, says: onAnswer("find_node", func(m *machine, q, r dict) {
		if want, _ := args(q)["want"].([]any); len(want) == 2 {
			delete(r, "nodes")
		}
	})},
	{name: "refuses wants that it does not know", rules: []string{"ignores a want that it does not know"}, says: func(m *machine, q, a dict) bool {
		if want, _ := args(q)["want"].([]any); len(want) == 1 && want[0] == "n9" {
			fails(a, 203, "no such network")
		}
		return true
	}},
	{name: "ends with wants that are numbers", rules: []string{"ignores a want that it does not know"}, hears: func(m *machine, _ netip.AddrPort, q dict) bool {
		return !number(args(q)["want"], true)
	}},
}

// seen is what a mutant remembers of a sender.
type seen struct {
	addr     netip.AddrPort
	times    int
	readOnly bool
}

// remembersSender notes each node that asks, by its id.
func remembersSender(m *machine, from netip.AddrPort, q dict) bool {
	if id, ok := args(q)["id"].(string); ok && len(id) == 20 && id != own(m) {
		s, _ := m.memory[id].(seen)
		s.addr, s.times, s.readOnly = from, s.times+1, q["ro"] != nil
		m.memory[id] = s
	}
	return true
}

// namesSenders names a sender that is asked for by its id, if the mutant likes it.
func namesSenders(likes func(seen) bool) func(m *machine, q, a dict) bool {
	return onAnswer("find_node", func(m *machine, q, r dict) {
		target, _ := args(q)["target"].(string)
		s, known := m.memory[target].(seen)
		nodes, _ := r["nodes"].(string)
		if !known || !likes(s) || len(nodes) < 26 || bytes.Contains([]byte(nodes), []byte(target)) {
			return
		}
		r["nodes"] = sender(s.addr, target) + nodes[:len(nodes)-26]
	})
}
