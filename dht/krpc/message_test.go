package krpc

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

const (
	abc = "abcdefghij0123456789"
	mno = "mnopqrstuvwxyz123456"
)

// shown is a message as the tests below speak of it: only what was there.
func shown(m *Message) string {
	var b strings.Builder
	say := func(have bool, name string, v any) {
		if have {
			fmt.Fprintf(&b, " %s=%v", name, v)
		}
	}
	fmt.Fprintf(&b, "%c", m.Kind)
	say(m.Method != nil, "q", string(m.Method))
	if m.Has&HasBody != 0 {
		b.WriteString(" body")
	}
	say(m.Has&HasID != 0, "id", string(m.ID[:3]))
	say(m.Has&HasTarget != 0, "target", string(m.Target[:3]))
	say(m.Has&HasInfoHash != 0, "hash", string(m.InfoHash[:3]))
	say(m.Has&HasPort != 0, "port", m.Port)
	say(m.Implied, "implied", true)
	say(m.Has&HasToken != 0, "token", string(m.Token))
	say(m.Want != 0, "want", m.Want)
	say(m.ReadOnly, "ro", true)
	say(m.Kind == KindError, "code", m.Code)
	say(m.Text != nil, "text", string(m.Text))
	say(m.Version != nil, "v", string(m.Version))
	if m.Has&(HasNodes|HasNodes6) != 0 {
		var nodes []string
		whole := m.EachNode(func(c Contact) { nodes = append(nodes, c.Addr.String()) })
		say(true, "nodes", nodes)
		say(!whole, "ragged", true)
	}
	if m.Has&HasValues != 0 {
		var values []netip.AddrPort
		whole := m.EachValue(func(a netip.AddrPort) { values = append(values, a) })
		say(true, "values", values)
		say(!whole, "ragged", true)
	}
	if ip, ok := m.ExternalAddr(); ok {
		say(true, "ip", ip)
	}
	say(m.Seed, "seed", true)
	say(m.NoSeed, "noseed", true)
	say(m.Scrape, "scrape", true)
	say(m.Has&HasCas != 0, "cas", m.Cas)
	say(m.Has&HasK != 0, "k", len(m.K))
	say(m.Has&HasSalt != 0, "salt", string(m.Salt))
	say(m.Has&HasSeq != 0, "seq", m.Seq)
	say(m.Has&HasSig != 0, "sig", len(m.Sig))
	say(m.Has&HasV != 0, "value", string(m.V))
	if m.Has&HasSamples != 0 {
		var samples []string
		whole := m.EachSample(func(id ID) { samples = append(samples, string(id[:3])) })
		say(true, "samples", samples)
		say(!whole, "ragged", true)
	}
	say(m.Has&HasNum != 0, "num", m.Num)
	say(m.Has&HasInterval != 0, "interval", m.Interval)
	for _, f := range []struct {
		name string
		has  Fields
		raw  []byte
	}{{"seeds", HasSeedFilter, m.SeedFilter}, {"peers", HasPeerFilter, m.PeerFilter}} {
		if m.Has&f.has != 0 {
			filter := Bloom(f.raw)
			say(true, f.name, math.Round(filter.Count()))
		}
	}
	say(m.Bad != 0, "bad", badNames(m.Bad))
	return b.String()
}

// read is what is shown of a datagram, or "!" if it is no message.
func read(packet string) string {
	var m Message
	if m.Parse([]byte(packet)) != nil {
		return "!"
	}
	return shown(&m)
}

// badNames names the keys of a set, in the order of the constants.
func badNames(f Fields) string {
	var names []string
	for i, name := range []string{"nodes", "nodes6", "values", "v", "k", "sig", "salt", "seq", "cas", "samples", "num", "interval", "BFsd", "BFpe"} {
		if f&(HasNodes<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ",")
}

// query and response complete the part of a message a row is about.
func query(args string) string {
	return "d1:ad2:id20:" + abc + args + "e1:q1:x1:t2:aa1:y1:qe"
}

func response(rets string) string {
	return "d1:rd2:id20:" + mno + rets + "e1:t2:aa1:y1:re"
}

const (
	peer4 = "\x01\x02\x03\x04\x00\x50"
	dead4 = "\x01\x02\x03\x04\x00\x00"
	peer6 = "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x50"
)

// One row for each line of the tolerance checklist that is settled by reading.
// A result that begins with "!" is the error that is wanted.
func TestTolerance(t *testing.T) {
	const drop, noTx = "!krpc: not a KRPC message", "!krpc: a message without a usable transaction id"
	for _, c := range []struct{ name, in, want string }{
		{"error without t", "d1:eli201e3:badee", drop},
		{"error without t, with y", "d1:eli201e3:bade1:y1:ee", noTx},
		{"error with empty t", "d1:eli201e3:bade1:t0:1:y1:ee", noTx},
		{"error as a plain string", "d1:e3:bad1:t2:aa1:y1:ee", "e code=0 text=bad"},
		{"error without code", "d1:el3:bade1:t2:aa1:y1:ee", "e code=0 text=bad"},
		{"error without text", "d1:eli201ee1:t2:aa1:y1:ee", "e code=201"},
		{"error with an empty list", "d1:ele1:t2:aa1:y1:ee", "e code=0"},
		{"error the wrong way round", "d1:el3:badi201ee1:t2:aa1:y1:ee", "e code=201 text=bad"},
		{"error that is an integer", "d1:ei201e1:t2:aa1:y1:ee", "e code=0"},
		{"error with a code beyond int", "d1:eli99999999999999999999e3:bade1:t2:aa1:y1:ee", "e code=0 text=bad"},
		{"error without e", "d1:t2:aa1:y1:ee", drop},
		{"error that also carries r", "d1:eli203e3:bade2:ip6:" + peer4 + "1:rd2:id20:" + mno + "e1:t2:aa1:y1:ee",
			"e body id=mno code=203 text=bad ip=1.2.3.4:80"},
		{"query without t", "d1:ad2:id20:" + abc + "e1:q4:ping1:y1:qe", noTx},
		{"query with t of another type", "d1:ad2:id20:" + abc + "e1:q4:ping1:ti1e1:y1:qe", noTx},
		{"query with t of 20 bytes", "d1:q1:x1:t20:" + abc + "1:y1:qe", "q q=x"},
		{"query with t of 21 bytes", "d1:q1:x1:t21:" + abc + "01:y1:qe", noTx},
		{"query without q", "d1:t2:aa1:y1:qe", drop},
		{"query with q of another type", "d1:qi1e1:t2:aa1:y1:qe", drop},
		{"query with empty q", "d1:q0:1:t2:aa1:y1:qe", "q q="},
		{"query without a", "d1:q4:ping1:t2:aa1:y1:qe", "q q=ping"},
		{"query with a of another type", "d1:ali1ee1:q4:ping1:t2:aa1:y1:qe", "q q=ping"},
		{"query with empty a", "d1:ade1:q4:ping1:t2:aa1:y1:qe", "q q=ping body"},
		{"query with id of 19 bytes", "d1:ad2:id19:" + abc[1:] + "e1:q4:ping1:t2:aa1:y1:qe", "q q=ping body"},
		{"query with id of 21 bytes", "d1:ad2:id21:" + abc + "0e1:q4:ping1:t2:aa1:y1:qe", "q q=ping body"},
		{"query with an r beside its a", "d1:ad2:id20:" + abc + "e1:q1:x1:rd2:id20:" + mno + "e1:t2:aa1:y1:qe",
			"q q=x body id=abc"},
		{"response without r", "d1:t2:aa1:y1:re", "r"},
		{"response without id", "d1:rde1:t2:aa1:y1:re", "r body"},
		{"response with id of 19 bytes", "d1:rd2:id19:" + abc[1:] + "e1:t2:aa1:y1:re", "r body"},
		{"y of another type", "d1:t2:aa1:yi1ee", drop},
		{"y of two letters", "d1:q1:x1:t2:aa1:y2:qqe", drop},
		{"y unknown", "d1:q1:x1:t2:aa1:y1:Qe", drop},
		{"y missing", "d1:q1:x1:t2:aae", drop},

		{"nodes that are no multiple of 26", response("5:nodes30:" + mno + peer4 + "tail"), "r body id=mno nodes=[] ragged=true bad=nodes"},
		{"nodes6 that are no multiple of 38", response("6:nodes642:" + mno + peer6 + "tail"), "r body id=mno nodes=[] ragged=true bad=nodes6"},
		{"nodes entry with port 0", response("5:nodes52:" + mno + dead4 + mno + peer4), "r body id=mno nodes=[1.2.3.4:80]"},
		{"nodes that are empty", response("5:nodes0:"), "r body id=mno nodes=[]"},
		{"nodes of another type", response("5:nodesle"), "r body id=mno"},
		{"info_hash of 19 bytes", query("9:info_hash19:" + abc[1:]), "q q=x body id=abc"},
		{"target of 21 bytes", query("6:target21:" + abc + "0"), "q q=x body id=abc"},
		{"info_hash as integer", query("9:info_hashi1e"), "q q=x body id=abc"},
		{"port as string", query("4:port4:6881"), "q q=x body id=abc"},
		{"port negative", query("4:porti-1e"), "q q=x body id=abc"},
		{"port 0", query("4:porti0e"), "q q=x body id=abc port=0"},
		{"port 65535", query("4:porti65535e"), "q q=x body id=abc port=65535"},
		{"port 65536", query("4:porti65536e"), "q q=x body id=abc"},
		{"port beyond int64", query("4:porti18446744073709558497e"), "q q=x body id=abc"}, // 6881 if it overflowed
		{"token as integer", query("5:tokeni1e"), "q q=x body id=abc"},
		{"implied_port that is not 0 or 1", query("12:implied_porti7e"), "q q=x body id=abc implied=true"},
		{"implied_port 0", query("12:implied_porti0e"), "q q=x body id=abc"},
		{"implied_port as string", query("12:implied_port1:1"), "q q=x body id=abc"},
		{"id as integer", "d1:ad2:idi1ee1:q1:x1:t2:aa1:y1:qe", "q q=x body"},
		{"unsorted keys", "d1:y1:q1:t2:aa1:q4:ping1:ad4:porti1e2:id20:" + abc + "ee", "q q=ping body id=abc port=1"},
		{"unsorted keys of a response", "d1:y1:r1:t2:aa1:rd6:target20:" + abc + "2:id20:" + mno + "ee", "r body id=mno target=abc"},
		{"unsorted keys, ends like a query", "d1:t2:aa1:y1:r1:rd2:id20:" + mno + "e1:z1:qe", "r body id=mno"},
		{"unsorted keys, ends like a response", "d1:t2:aa1:y1:q1:q1:x1:ad2:id20:" + abc + "e1:z1:re", "q q=x body id=abc"},
		{"duplicate t", "d1:q1:x1:t2:aa1:t2:aa1:y1:qe", drop},
		{"duplicate y", "d1:q1:x1:t2:aa1:y1:q1:y1:qe", drop},
		{"duplicate a", "d1:ade1:ade1:q1:x1:t2:aa1:y1:qe", drop},
		{"duplicate id", query("2:id20:" + abc), drop},
		{"duplicate id, once of another type", query("2:idi1e"), drop},
		{"duplicate of an unknown key", query("1:zi1e1:zi2e"), "q q=x body id=abc"},
		{"leading zeros in a length", "d1:q01:x1:t2:aa1:y1:qe", drop},
		{"leading zeros in an integer", query("1:zi01e"), drop},
		{"-0", query("1:zi-0e"), drop},
		{"trailing bytes", query("") + "e", drop},
		{"trailing line end", query("") + "\n", drop},
		{"want", query("4:wantl2:n42:n6e"), "q q=x body id=abc want=3"},
		{"want of another type", query("4:want2:n4"), "q q=x body id=abc"},
		{"want that is a dictionary", query("4:wantd2:n4i1ee"), "q q=x body id=abc"},
		{"values as one long string", response("6:values18:" + peer4 + dead4 + peer4), "r body id=mno values=[1.2.3.4:80 1.2.3.4:80]"},
		{"values as one string, ragged", response("6:values8:" + peer4 + "xx"), "r body id=mno values=[] ragged=true bad=values"},
		{"values of an entry too long for an address", response("6:valuesl12:" + peer4 + peer4 + "e"), "r body id=mno values=[] ragged=true bad=values"},
		{"values of both families", response("6:valuesl6:" + peer4 + "18:" + peer6 + "e"), "r body id=mno values=[1.2.3.4:80 [2001:db8::1]:80]"},
		{"values with odd elements", response("6:valuesl5:12345i1ele6:" + peer4 + "6:" + dead4 + "e"), "r body id=mno values=[1.2.3.4:80] ragged=true bad=values"},
		{"values that are empty", response("6:valuesle"), "r body id=mno values=[]"},
		{"values of another type", response("6:valuesi1e"), "r body id=mno"},
		{"token empty", response("5:token0:"), "r body id=mno"},
		{"token of 64 bytes", response("5:token64:" + strings.Repeat("t", 64)), "r body id=mno token=" + strings.Repeat("t", 64)},
		{"token of 65 bytes", response("5:token65:" + strings.Repeat("t", 65)), "r body id=mno"},
		{"ip of a wrong length", "d2:ip4:\x01\x02\x03\x041:rde1:t2:aa1:y1:re", "r body"},
		{"ip in IPv6", "d2:ip18:" + peer6 + "1:rde1:t2:aa1:y1:re", "r body ip=[2001:db8::1]:80"},
		{"v of another type", "d1:q1:x1:t2:aa1:vi1e1:y1:qe", "q q=x"},
		{"unknown keys of any type", "d1:q1:x1:t2:aa1:ul0:deli1eee1:y1:q1:zdee", "q q=x"},
		{"a list", "l" + query("") + "e", drop},
		{"a string", "4:ping", drop},
	} {
		var m Message
		got := ""
		if err := m.Parse([]byte(c.in)); err != nil {
			got = "!" + err.Error()
		} else {
			got = shown(&m)
		}
		if got != c.want {
			t.Errorf("%s: %q\n got %s\nwant %s", c.name, c.in, got, c.want)
		}
	}
}

// A key that matters must not come twice in a body, of whatever type.
func TestKeysTwice(t *testing.T) {
	for _, key := range []string{"id", "target", "info_hash", "port", "implied_port", "token", "nodes", "nodes6", "values", "want",
		"seed", "noseed", "scrape", "BFsd", "BFse", "BFpe", "v", "k", "sig", "salt", "seq", "cas", "samples", "num", "interval"} {
		entry := string(AppendString(nil, key))
		for _, body := range []string{entry + "le" + entry + "0:", entry + "i1e1:x0:" + entry + "i1e"} {
			if got := read("d1:ad" + body + "e1:q1:x1:t2:aa1:y1:qe"); got != "!" {
				t.Errorf("%q: %s", body, got)
			}
		}
	}
}

// hostile are datagrams that must be refused without cost.
func hostile() map[string]string {
	random := make([]byte, 2000)
	src := testSource()
	for i := range random {
		random[i] = byte(src.Uint32())
	}
	return map[string]string{
		"empty":                  "",
		"one byte":               "d",
		"64 KiB of d":            strings.Repeat("d", 1<<16),
		"64 KiB of l":            "d1:a" + strings.Repeat("l", 1<<16),
		"64 KiB of nested keys":  strings.Repeat("d1:a", 1<<14),
		"64 KiB of zeros":        strings.Repeat("\x00", 1<<16),
		"64 KiB of digits":       "d" + strings.Repeat("9", 1<<16),
		"a boast":                "2147483647:",
		"a boast as a key":       "d2147483647:",
		"a boast as a value":     "d1:t2147483647:",
		"a boast in the body":    "d1:ad2:id2147483647:ee",
		"a boast beyond int64":   "d1:t99999999999999999999999:",
		"random bytes":           string(random),
		"random bytes after a d": "d" + string(random),
	}
}

func TestHostileDatagrams(t *testing.T) {
	for name, in := range hostile() {
		packet := []byte(in)
		var m Message
		allocs := testing.AllocsPerRun(10, func() {
			if m.Parse(packet) == nil {
				t.Errorf("%s: accepted", name)
			}
		})
		if allocs != 0 {
			t.Errorf("%s: %v allocations", name, allocs)
		}
	}
}

// A message that ends early is refused, wherever it ends; so is one that is
// continued.
func TestEveryTruncation(t *testing.T) {
	messages := slices.Clone(bep5)
	for _, packet := range written() {
		messages = append(messages, string(packet))
	}
	for _, whole := range messages {
		for n := range len(whole) {
			var m Message
			if err := m.Parse([]byte(whole[:n])); err == nil {
				t.Errorf("accepted: %q", whole[:n])
			}
		}
		var m Message
		if err := m.Parse([]byte(whole + whole)); err == nil {
			t.Errorf("accepted twice in one datagram: %q", whole)
		}
	}
}

func TestParseDoesNotAllocate(t *testing.T) {
	packets := append(slices.Clone(bep5), query("4:wantl2:n42:n6e4:porti1e"),
		response("5:nodes26:"+mno+peer4+"6:valuesl6:"+peer4+"18:"+peer6+"e"),
		"d1:y1:r1:t2:aa1:rd2:id20:"+mno+"e1:z1:qe") // read twice
	for _, packet := range written() {
		packets = append(packets, string(packet))
	}
	for _, packet := range packets {
		b := []byte(packet)
		var m Message
		found := 0
		allocs := testing.AllocsPerRun(20, func() {
			if err := m.Parse(b); err != nil {
				t.Fatal(err)
			}
			m.EachNode(func(Contact) { found++ })
			m.EachValue(func(netip.AddrPort) { found++ })
			m.EachSample(func(ID) { found++ })
		})
		if allocs != 0 {
			t.Errorf("%q: %v allocations", packet, allocs)
		}
	}
}

// Nothing of the message before shows in the next.
func TestMessageIsReused(t *testing.T) {
	var used Message
	for _, packet := range slices.Concat(bep5, bep5[:1]) {
		var fresh Message
		if err := fresh.Parse([]byte(packet)); err != nil {
			t.Fatal(err)
		}
		if err := used.Parse([]byte(packet)); err != nil || shown(&used) != shown(&fresh) {
			t.Errorf("%q: %v\n got %s\nwant %s", packet, err, shown(&used), shown(&fresh))
		}
	}
}

// A clone outlives its datagram.
func TestClone(t *testing.T) {
	for name, packet := range written() {
		var m Message
		if err := m.Parse(packet); err != nil {
			t.Fatal(err)
		}
		want, clone := shown(&m), m.Clone()
		clear(packet)
		if got := shown(&clone); got != want || string(clone.Tx) != "aabb" || clone.Packet[0] != 'd' {
			t.Errorf("%s:\n got %q\nwant %q", name, got, want)
		}
	}
}

func TestRemoteError(t *testing.T) {
	var m Message
	if err := m.Parse([]byte("d1:eli203e4:\x1b[2Je1:t2:aa1:y1:ee")); err != nil {
		t.Fatal(err)
	}
	const want = `the node answered with error 203 "\x1b[2J"`
	if err := m.RemoteError(); err.Error() != want || err.Code != CodeProtocol {
		t.Errorf("got %v", err)
	}
}
