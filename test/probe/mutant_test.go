package probe

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// dict is a bencoded dictionary, decoded.
type dict = map[string]any

// mutant is a node that breaks one rule: between an honest node and the network, something changes
// what it hears or what it says. Every function may be nil.
type mutant struct {
	name string
	// rules are parts of the names of the rules that it breaks, one of which must be found. No
	// other may be blamed.
	rules []string
	// slow says that it takes minutes or hours to see.
	slow bool
	// hears changes a query before the node sees it; false: it does not see it.
	hears func(m *machine, from netip.AddrPort, q dict) bool
	// says changes the answer to a query, in place; false: it is not sent.
	says func(m *machine, q, a dict) bool
	// raw changes an answer as it is on the wire; q is the query. An empty one is not sent.
	raw func(m *machine, q dict, answer []byte) []byte
	// meets sees each datagram as it comes, also one that is no query. Unless it returns nil, the
	// node does not see it; what it returns is sent as an answer, if it is not empty.
	meets func(m *machine, from netip.AddrPort, packet []byte) []byte
}

// machine is a mutant at work. The maps are for mutants to remember things in.
type machine struct {
	mutant
	site   *site
	asked  map[string]dict // queries under way, by sender and transaction id
	last   netip.AddrPort  // who sent the one that is being answered
	dead   bool
	tokens map[netip.Addr]string // the last that was given to an address
	given  map[string]netip.Addr // whose a token is, and ...
	since  map[string]dht.Time   // ... when it was given
	memory map[string]any
}

// apply puts a mutant between the target of a site and its network.
func (s *site) apply(m mutant) {
	at := &machine{mutant: m, site: s, asked: map[string]dict{}, tokens: map[netip.Addr]string{}, given: map[string]netip.Addr{}, since: map[string]dht.Time{}, memory: map[string]any{}}
	s.net.Alter = func(from, to netip.AddrPort, packet []byte) [][]byte {
		switch s.target.Addr() {
		case to:
			return at.incoming(from, packet)
		case from:
			return at.outgoing(to, packet)
		}
		return [][]byte{packet}
	}
}

// decode reads a datagram; nil if it is no dictionary.
func decode(packet []byte) dict {
	if krpc.CheckBencode(packet) != nil {
		return nil
	}
	v, err := krpc.DecodeValue(packet)
	if err != nil {
		return nil
	}
	d, _ := v.(dict)
	return d
}

func encode(d dict) []byte {
	packet, err := krpc.EncodeValue(d)
	if err != nil {
		panic(err)
	}
	return packet
}

// incoming is what the node sees of a datagram.
func (m *machine) incoming(from netip.AddrPort, packet []byte) [][]byte {
	if m.dead {
		return nil
	}
	if m.meets != nil {
		if answer := m.meets(m, from, packet); m.dead || answer != nil {
			if len(answer) > 0 {
				m.site.net.Post(m.site.target.Addr(), from, answer)
			}
			return nil
		}
	}
	q := decode(packet)
	if q == nil || q["y"] != "q" {
		return [][]byte{packet}
	}
	m.asked[fmt.Sprint(from, q["t"])] = decode(packet)
	if m.hears == nil {
		return [][]byte{packet}
	}
	if !m.hears(m, from, q) {
		return nil
	}
	if bytes.Equal(encode(q), encode(decode(packet))) {
		return [][]byte{packet}
	}
	return [][]byte{encode(q)}
}

// outgoing is what the network sees of a datagram.
func (m *machine) outgoing(to netip.AddrPort, packet []byte) [][]byte {
	a := decode(packet)
	key := fmt.Sprint(to, a["t"])
	q := m.asked[key]
	if m.dead || a == nil || a["y"] == "q" || q == nil {
		return [][]byte{packet}
	}
	delete(m.asked, key)
	m.last = to
	if r, _ := a["r"].(dict); r != nil {
		if token, _ := r["token"].(string); token != "" {
			m.tokens[to.Addr()], m.given[token], m.since[token] = token, to.Addr(), m.site.net.Now()
		}
	}
	if m.says != nil {
		before := encode(a)
		if !m.says(m, q, a) {
			return nil
		}
		if after := encode(a); !bytes.Equal(before, after) {
			packet = after
		}
	}
	if m.raw != nil {
		packet = m.raw(m, q, packet)
	}
	if len(packet) == 0 {
		return nil
	}
	return [][]byte{packet}
}

// old reports whether a token was given more than ten minutes ago.
func (m *machine) old(token string) bool {
	return m.site.net.Now().Sub(m.since[token]) > 10*time.Minute
}

// finding is a line of the report.
type finding struct{ verdict, rule, seen string }

func (f finding) String() string { return f.verdict + ": " + f.rule + ": " + f.seen }

// heading is what a script begins with: the target, whether to wait for hours, and the rate.
func (s *site) heading(slow bool) string {
	return fmt.Sprintf("local TARGET, SLOW, RATE = %q, %v, nil\n", s.target.Addr(), slow)
}

// examine runs the probe, and returns which rules are broken or unknown.
func (s *site) examine(t *testing.T, slow bool) (found []finding) {
	t.Helper()
	return s.run(t, s.heading(slow)+examine)
}

// run runs a script that prints findings.
func (s *site) run(t *testing.T, source string) (found []finding) {
	t.Helper()
	for line := range strings.Lines(s.print(t, source)) {
		part := strings.SplitN(strings.TrimSuffix(line, "\n"), "\t", 3)
		if part[0] == "passed" {
			t.Log(strings.Join(part, " "))
			continue
		}
		found = append(found, finding{part[0], part[1], part[2]})
	}
	return found
}

// Each fault is found, and nothing else is said to be one.
func TestMutants(t *testing.T) {
	all := slices.Concat(messages, namers, trackers, keepers, samplers)
	if len(all) < 60 {
		t.Errorf("only %d mutants", len(all))
	}
	for _, m := range all {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			s := newSite()
			s.apply(m)
			seen := false
			for _, f := range s.examine(t, m.slow) {
				if f.verdict == "unknown" {
					t.Log(f)
					continue
				}
				if slices.ContainsFunc(m.rules, func(rule string) bool { return strings.Contains(f.rule, rule) }) {
					seen = true
					t.Log(f)
				} else {
					t.Errorf("blames another rule: %v", f)
				}
			}
			if !seen {
				t.Errorf("is not found: no rule fails whose name has one of %q", m.rules)
			}
		})
	}
}

// args are the arguments of a query.
func args(q dict) dict {
	a, _ := q["a"].(dict)
	if a == nil {
		a = dict{}
	}
	return a
}

// values are those of a response; nil of an error.
func values(a dict) dict {
	r, _ := a["r"].(dict)
	return r
}

// asks reports whether a query is of that method.
func asks(q dict, method string) bool { return q["q"] == method }

// fails makes an answer an error.
func fails(a dict, code int, text string) {
	delete(a, "r")
	a["y"], a["e"] = "e", []any{int64(code), text}
}

// succeeds makes an answer a response without values.
func succeeds(m *machine, a dict) {
	delete(a, "e")
	id := m.site.target.ID()
	a["y"], a["r"] = "r", dict{"id": string(id[:])}
}

// code is the code of an error; 0 of a response.
func code(a dict) int64 {
	e, _ := a["e"].([]any)
	if len(e) == 0 {
		return 0
	}
	n, _ := e[0].(int64)
	return n
}

// onAnswer is a mutant that changes responses to one method.
func onAnswer(method string, change func(m *machine, q, r dict)) func(m *machine, q, a dict) bool {
	return func(m *machine, q, a dict) bool {
		if r := values(a); r != nil && asks(q, method) {
			change(m, q, r)
		}
		return true
	}
}

// onQuery is a mutant that changes what it is asked by one method.
func onQuery(method string, change func(m *machine, from netip.AddrPort, a dict)) func(m *machine, from netip.AddrPort, q dict) bool {
	return func(m *machine, from netip.AddrPort, q dict) bool {
		if asks(q, method) {
			if q["a"] == nil {
				q["a"] = dict{}
			}
			change(m, from, args(q))
		}
		return true
	}
}
