package probe

import (
	"net/netip"
	"strings"
)

// takes is a mutant that stores announces which it must refuse.
func takes(name, what string, change func(m *machine, from netip.AddrPort, a dict), more ...string) mutant {
	rules := []string{"stores no peer of an announce " + what, "refuses an announce " + what}
	return mutant{name: name, rules: append(rules, more...), hears: onQuery("announce_peer", change)}
}

// repairs gives an announce a token that is good for its sender.
func repairs(when func(m *machine, from netip.AddrPort, token any) bool) func(m *machine, from netip.AddrPort, a dict) {
	return func(m *machine, from netip.AddrPort, a dict) {
		if when(m, from, a["token"]) {
			a["token"] = m.tokens[from.Addr()]
		}
	}
}

// ofAnother reports whether a token was given to another address.
func ofAnother(m *machine, from netip.AddrPort, token any) bool {
	its, _ := token.(string)
	to, given := m.given[its]
	return given && to != from.Addr()
}

// getPeers is a mutant that changes responses to get_peers.
func getPeers(name, rule string, change func(m *machine, q, r dict), more ...string) mutant {
	return mutant{name: name, rules: append([]string{rule}, more...), says: onAnswer("get_peers", change)}
}

// port is a mutant that takes another port for one that it must refuse.
func port(name, what string, bad func(v any, given bool) bool) mutant {
	return takes(name, what, func(m *machine, _ netip.AddrPort, a dict) {
		if v, given := a["port"]; bad(v, given) && a["implied_port"] == nil {
			a["port"] = int64(7009)
		}
	})
}

func is(n int64) func(any, bool) bool { return func(v any, _ bool) bool { return v == n } }

var trackers = []mutant{
	getPeers("gives no token", "gives a token", func(_ *machine, _, r dict) { delete(r, "token") }),
	getPeers("gives tokens of 2 bytes", "gives tokens of 4 to 20 bytes", func(m *machine, _, r dict) { r["token"] = "tt" },
		"takes an announce with its token", "takes a token twice", "takes a token that is five minutes old"),
	getPeers("names nobody when it has no peers", "names nodes when it has no peers", func(_ *machine, _, r dict) {
		if r["values"] == nil {
			delete(r, "nodes")
		}
	}),
	fills("needs no info_hash", "refuses a get_peers without an info_hash", "get_peers", "info_hash", missing),
	fills("takes info-hashes of 19 bytes", "refuses a get_peers for an info_hash of 19 bytes", "get_peers", "info_hash", ofLength(19)),
	fills("takes info-hashes of 21 bytes", "refuses a get_peers for an info_hash of 21 bytes", "get_peers", "info_hash", ofLength(21)),
	fills("takes numbers as info-hashes", "refuses a get_peers for an info_hash that is a number", "get_peers", "info_hash", number),
	getPeers("tells of no peers", "takes an announce with its token", func(_ *machine, _, r dict) { delete(r, "values") }),
	getPeers("has peers of 8 bytes", "lists peers in strings of 6 bytes", func(_ *machine, _, r dict) {
		for i, v := range list(r["values"]) {
			list(r["values"])[i] = v.(string) + "\x00\x00"
		}
	}, "takes an announce with its token"),
	getPeers("names nobody beside peers", "names nodes beside peers", func(_ *machine, _, r dict) {
		if r["values"] != nil {
			delete(r, "nodes")
		}
	}),
	getPeers("gives no token beside peers", "gives a token beside peers", func(_ *machine, _, r dict) {
		if r["values"] != nil {
			delete(r, "token")
		}
	}),
	{name: "takes a token once", rules: []string{"takes a token twice"}, says: func(m *machine, q, a dict) bool {
		if asks(q, "announce_peer") && values(a) != nil {
			token := args(q)["token"].(string) + args(q)["info_hash"].(string)
			if m.memory[token] != nil {
				fails(a, 203, "used")
			}
			m.memory[token] = true
		}
		return true
	}},
	{name: "knows no implied_port", rules: []string{"with implied_port = 1"}, hears: onQuery("announce_peer", func(_ *machine, _ netip.AddrPort, a dict) {
		delete(a, "implied_port")
	})},
	getPeers("has a peer twice", "keeps the last peer announced for an IP address", func(_ *machine, _, r dict) {
		if all := list(r["values"]); len(all) == 2 {
			r["values"] = append(all, all[0])
		}
	}, "with noseed = 1"),
	takes("needs no token", "without a token", repairs(func(_ *machine, _ netip.AddrPort, token any) bool { return token == nil })),
	takes("takes empty tokens", "with an empty token", repairs(func(_ *machine, _ netip.AddrPort, token any) bool { return token == "" })),
	takes("takes made-up tokens", "with a token that it never gave", repairs(func(_ *machine, _ netip.AddrPort, token any) bool { return token == "aoeusnth" })),
	{name: "takes tokens of others", rules: []string{"takes no token that it gave to another IP address"}, hears: onQuery("announce_peer", repairs(ofAnother))},
	{name: "takes old tokens", rules: []string{"older than ten minutes"}, slow: true, says: func(m *machine, q, a dict) bool {
		hash, _ := args(q)["info_hash"].(string)
		its, _ := args(q)["token"].(string)
		if to, given := m.given[its]; asks(q, "announce_peer") && len(hash) == 20 && code(a) == 203 && given && m.old(its) {
			succeeds(m, a)
			m.memory[hash] = string(append(to.AsSlice(), "\x1b\x59"...))
		}
		if peer := m.memory[hash]; asks(q, "get_peers") && values(a) != nil && peer != nil {
			values(a)["values"] = []any{peer}
		}
		return true
	}},
	port("takes port 0", "of port 0", is(0)),
	port("takes port 65536", "of port 65536", is(65536)),
	port("takes port -1", "of port -1", is(-1)),
	port("takes ports that are strings", "of a port that is a string", ofLength(4)),
	port("needs no port", "without a port", missing),
	{name: "knows no scrapes", rules: []string{"with scrape = 1 sends Bloom filters"}, hears: onQuery("get_peers", func(_ *machine, _ netip.AddrPort, a dict) {
		delete(a, "scrape")
	})},
	getPeers("has filters of all torrents", "sends no filters of a torrent that it does not know", func(_ *machine, q, r dict) {
		if args(q)["scrape"] != nil && r["BFsd"] == nil {
			r["BFsd"], r["BFpe"] = strings.Repeat("\x00", 256), strings.Repeat("\x00", 256)
		}
	}),
	getPeers("swaps its filters", "tells seeds and other peers apart", func(_ *machine, _, r dict) {
		if r["BFsd"] != nil {
			r["BFsd"], r["BFpe"] = r["BFpe"], r["BFsd"]
		}
	}, "has no seed of one torrent in the filters of another"),
	getPeers("has short filters", "with scrape = 1 sends Bloom filters of 256 bytes", func(_ *machine, _, r dict) {
		if s, ok := r["BFsd"].(string); ok {
			r["BFsd"] = s[:255]
		}
	}),
	getPeers("has seeds in place of others", "with noseed = 1", func(_ *machine, q, r dict) {
		if all := list(r["values"]); args(q)["noseed"] != nil && len(all) > 1 {
			r["values"] = all[len(all)-1:]
		}
	}),
}

// list is a bencoded list; nil if v is something else.
func list(v any) []any {
	all, _ := v.([]any)
	return all
}
