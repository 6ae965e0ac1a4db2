package probe

import (
	"net/netip"
	"strings"
)

// put is a mutant that answers puts in another way.
func put(name, rule string, change func(m *machine, q, a dict), more ...string) mutant {
	return mutant{name: name, rules: append([]string{rule}, more...), says: func(m *machine, q, a dict) bool {
		if asks(q, "put") {
			change(m, q, a)
		}
		return true
	}}
}

// get is a mutant that changes responses to get.
func get(name, rule string, change func(m *machine, q, r dict), more ...string) mutant {
	return mutant{name: name, rules: append([]string{rule}, more...), says: onAnswer("get", change)}
}

// instead makes an error of a put another one.
func instead(from, to int64) func(m *machine, q, a dict) {
	return func(_ *machine, _, a dict) {
		if code(a) == from {
			fails(a, int(to), "another error")
		}
	}
}

// silently makes an error of a put a response, though nothing was stored.
func silently(from int64, when func(q dict) bool) func(m *machine, q, a dict) {
	return func(m *machine, q, a dict) {
		if code(a) == from && when(q) {
			succeeds(m, a)
		}
	}
}

func always(dict) bool { return true }

func token(is any) func(q dict) bool { return func(q dict) bool { return args(q)["token"] == is } }

var keepers = []mutant{
	get("names nobody in answer to a get", "names nodes in answer to a get", func(_ *machine, _, r dict) {
		if r["v"] == nil {
			delete(r, "nodes")
		}
	}),
	get("names nobody beside a value", "names nodes beside a value", func(_ *machine, _, r dict) {
		if r["v"] != nil {
			delete(r, "nodes")
		}
	}),
	fills("needs no target for a get", "refuses a get without a target", "get", "target", missing),
	get("changes what it keeps", "stores a value, and gives it to others as it was", func(_ *machine, _, r dict) {
		if d, ok := r["v"].(dict); ok {
			d["list"] = []any{int64(1)}
		}
	}),
	put("has no room for 1000 bytes", "stores a value of 1000 bytes", func(_ *machine, q, a dict) {
		if v, ok := args(q)["v"].(string); ok && len(v) > 900 {
			fails(a, 205, "too large")
		}
	}),
	put("takes 1001 bytes", "refuses a value of 1001 bytes with 205", silently(205, always)),
	put("has 203 for 1001 bytes", "refuses a value of 1001 bytes with 205", instead(205, 203)),
	{name: "keeps what has a made-up token", rules: []string{"stores nothing that comes with a token that it never gave", "refuses a put with a token that it never gave"},
		hears: onQuery("put", repairs(func(_ *machine, _ netip.AddrPort, token any) bool { return token == "aoeusnth" }))},
	put("thanks for made-up tokens", "refuses a put with a token that it never gave", silently(203, token("aoeusnth"))),
	put("thanks for no token", "refuses a put without a token", silently(203, token(nil))),
	{name: "keeps what has the token of another", rules: []string{"takes no put with a token that it gave to another IP address"},
		hears: onQuery("put", repairs(ofAnother))},
	put("thanks for no value", "refuses a put without a value", silently(203, func(q dict) bool { return args(q)["v"] == nil })),
	get("gives no key", "stores what a key has signed", func(_ *machine, _, r dict) { delete(r, "k") }),
	get("gives no signature", "stores what a key has signed", func(_ *machine, _, r dict) { delete(r, "sig") }),
	get("gives the salt", "does not give the salt", func(_ *machine, _, r dict) {
		if r["k"] != nil {
			r["salt"] = "pepper"
		}
	}),
	put("has 203 for long salts", "refuses a salt of 65 bytes with 207", instead(207, 203)),
	put("thanks for long salts", "refuses a salt of 65 bytes with 207", silently(207, always)),
	put("has 203 for bad signatures", "refuses a bad signature with 206", instead(206, 203)),
	put("thanks for bad signatures", "refuses a bad signature with 206", silently(206, always)),
	{name: "keeps the first of a key", rules: []string{"replaces an item by one of a higher seq"}, hears: onQuery("put", func(_ *machine, _ netip.AddrPort, a dict) {
		if a["seq"] == int64(2) {
			a["token"] = "never"
		}
	}), says: func(m *machine, q, a dict) bool {
		if asks(q, "put") && args(q)["seq"] == int64(2) && code(a) != 0 {
			succeeds(m, a)
		}
		return true
	}},
	put("thanks for a lower seq", "refuses a lower seq with 302", silently(302, func(q dict) bool { return args(q)["seq"] == int64(4) })),
	put("has 203 for a lower seq", "refuses a lower seq with 302", func(m *machine, q, a dict) {
		if args(q)["seq"] == int64(4) {
			instead(302, 203)(m, q, a)
		}
	}),
	put("refuses an item that it has", "takes the same item again", func(m *machine, q, a dict) {
		if sig, ok := args(q)["sig"].(string); ok && code(a) == 0 {
			if m.memory[sig] != nil {
				fails(a, 302, "known")
			}
			m.memory[sig] = true
		}
	}),
	put("thanks for another value with the same seq", "refuses another value with the same seq", func(m *machine, q, a dict) {
		if args(q)["v"] == "another" && code(a) != 0 {
			succeeds(m, a)
		}
	}),
	{name: "keeps the last of equal seq", rules: []string{"keeps its value when another one comes with the same seq"}, says: func(m *machine, q, a dict) bool {
		if asks(q, "put") && args(q)["v"] == "another" {
			m.memory["another"] = args(q)["k"]
		}
		if r := values(a); asks(q, "get") && r["k"] != nil && r["k"] == m.memory["another"] {
			r["v"] = "another"
		}
		return true
	}},
	{name: "knows no cas", rules: []string{"refuses a cas that is not the seq", "refuses a cas of 0"}, hears: onQuery("put", func(_ *machine, _ netip.AddrPort, a dict) { delete(a, "cas") })},
	{name: "takes a cas of 0 for none", rules: []string{"refuses a cas of 0"}, hears: onQuery("put", func(_ *machine, _ netip.AddrPort, a dict) {
		if a["cas"] == int64(0) {
			delete(a, "cas")
		}
	})},
	put("has 302 for a wrong cas", "refuses a cas that is not the seq", instead(301, 302), "refuses a cas of 0"),
	{name: "refuses every cas", rules: []string{"takes a cas that is the seq"}, hears: onQuery("put", func(_ *machine, _ netip.AddrPort, a dict) {
		if a["cas"] == int64(5) {
			a["cas"] = int64(9)
		}
	})},
	{name: "knows no seq in a get", rules: []string{"gives seq alone to"}, hears: onQuery("get", func(_ *machine, _ netip.AddrPort, a dict) { delete(a, "seq") })},
	get("gives seq alone to all who have one", "gives the item to", func(_ *machine, q, r dict) {
		if args(q)["seq"] != nil {
			delete(r, "v")
			delete(r, "k")
			delete(r, "sig")
		}
	}),
	put("thanks for items without a signature", "refuses an item with k and seq but no sig", silently(203, func(q dict) bool {
		return args(q)["k"] != nil && args(q)["sig"] == nil
	})),
	put("thanks for short keys", "refuses a key of 31 bytes", func(m *machine, q, a dict) {
		if k, ok := args(q)["k"].(string); ok && len(k) == 31 && code(a) != 0 {
			succeeds(m, a)
		}
	}),
	put("thanks for a negative seq", "refuses a negative seq", func(m *machine, q, a dict) {
		if seq, ok := args(q)["seq"].(int64); ok && seq < 0 && code(a) != 0 {
			succeeds(m, a)
		}
	}),
}

// sample is a mutant that changes its samples.
func sample(name, rule string, change func(r dict), more ...string) mutant {
	return mutant{name: name, rules: append([]string{rule}, more...), says: onAnswer("sample_infohashes", func(_ *machine, _, r dict) { change(r) })}
}

var samplers = []mutant{
	sample("has samples of 19 bytes", "gives samples of 20 bytes each", func(r dict) {
		r["samples"] = strings.Repeat("s", 19)
	}),
	sample("knows fewer than it tells", "says how many info-hashes it stores", func(r dict) { r["num"] = int64(0) }),
	sample("wants a day of rest", "wants to be left alone for 0 to 21600 seconds", func(r dict) { r["interval"] = int64(86400) }),
	sample("wants a negative rest", "wants to be left alone for 0 to 21600 seconds", func(r dict) { r["interval"] = int64(-1) }),
	sample("names nobody beside samples", "names nodes beside samples", func(r dict) { delete(r, "nodes") }),
	fills("needs no target for samples", "refuses a sample_infohashes without a target", "sample_infohashes", "target", missing),
	{name: "has long answers", rules: []string{"sends no answer of more than 1024 bytes", "no more than"}, says: onAnswer("find_node", func(_ *machine, _, r dict) {
		r["padding"] = strings.Repeat("p", 1200)
	})},
}
