package probe

import (
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/dhttest"
)

// limiter counts the queries of one address, as clients do against floods.
type limiter struct {
	start  dht.Time
	count  int
	banned dht.Time
}

// over reports whether an address has sent more than most queries in the second that began with
// the first of them.
func (l *limiter) over(now dht.Time, span time.Duration, most int) bool {
	if now.Sub(l.start) >= span {
		l.start, l.count = now, 0
	}
	l.count++
	return l.count > most
}

// limited is a node that counts the queries of each address. over says what becomes of one too
// many.
func limited(name string, span time.Duration, most int, over func(m *machine, l *limiter, q dict) []byte) mutant {
	limiters := "limiters"
	return mutant{name: name, meets: func(m *machine, from netip.AddrPort, packet []byte) []byte {
		all, _ := m.memory[limiters].(map[netip.Addr]*limiter)
		if all == nil {
			all = map[netip.Addr]*limiter{}
			m.memory[limiters] = all
		}
		q := decode(packet)
		if q["y"] != "q" {
			return nil
		}
		l := all[from.Addr()]
		if l == nil {
			l = &limiter{start: m.site.net.Now()}
			all[from.Addr()] = l
		}
		if now := m.site.net.Now(); now < l.banned || l.over(now, span, most) {
			return over(m, l, q)
		}
		return nil
	}}
}

// nothing is in place of a datagram that gets lost.
var nothing = []byte{}

// Nodes that keep to the rules, and are hard to examine: none of them is accused of anything.
func TestInnocent(t *testing.T) {
	source := rand.New(rand.NewPCG(3, 3))
	for _, m := range []mutant{
		limited("drops beyond one query a second", time.Second, 1, func(*machine, *limiter, dict) []byte { return nothing }),
		limited("drops beyond 50 queries a minute", time.Minute, 50, func(*machine, *limiter, dict) []byte { return nothing }),
		limited("refuses beyond one query a second", time.Second, 1, func(_ *machine, _ *limiter, q dict) []byte {
			return encode(dict{"t": q["t"], "y": "e", "e": []any{int64(201), "Too many requests"}})
		}),
		limited("bans for 5 minutes", 5*time.Second, 8, func(m *machine, l *limiter, _ dict) []byte {
			l.banned = m.site.net.Now().Add(5 * time.Minute)
			return nothing
		}),
		{name: "bans addresses whose id changes", meets: func(m *machine, from netip.AddrPort, packet []byte) []byte {
			q := decode(packet)
			id, _ := args(q)["id"].(string)
			before, known := m.memory[from.String()].(string)
			if known && q["y"] == "q" && len(id) == 20 && id != before {
				m.memory[from.String()] = "banned"
				return nothing
			}
			if !known && len(id) == 20 {
				m.memory[from.String()] = id
			}
			return nil
		}},
		{name: "loses a datagram in ten", meets: func(*machine, netip.AddrPort, []byte) []byte {
			if source.IntN(10) == 0 {
				return nothing
			}
			return nil
		}, raw: func(_ *machine, _ dict, answer []byte) []byte {
			if source.IntN(10) == 0 {
				return nothing
			}
			return answer
		}},
		{name: "answers twice", raw: func(m *machine, q dict, answer []byte) []byte {
			m.site.net.Post(m.site.target.Addr(), m.last, answer)
			return answer
		}},
	} {
		t.Run(m.name, func(t *testing.T) { // one after the other: they share a source of chance
			s := newSite()
			s.apply(m)
			for _, f := range s.run(t, s.heading(false)+strings.Replace(examine, "rate = 50", "rate = RATE", 1)) {
				switch {
				case f.verdict == "fail":
					t.Error(f)
				case f.verdict == "unknown":
					t.Log(f)
				}
			}
		})
	}
}

// Nodes that do what they can to be in the way: the probe ends, with a report.
func TestHostile(t *testing.T) {
	source := rand.New(rand.NewPCG(4, 4))
	for _, m := range []mutant{
		{name: "lies in every field", says: func(m *machine, q, a dict) bool {
			if !asks(q, "ping") {
				scramble(source, a)
			}
			return true
		}},
		{name: "lies about its id", says: func(m *machine, q, a dict) bool {
			if r := values(a); r != nil && !asks(q, "ping") {
				r["id"] = []any{int64(1), dict{}, "x"}
			}
			return true
		}},
		{name: "floods", raw: func(m *machine, q dict, answer []byte) []byte {
			for range 50 {
				m.site.net.Post(m.site.target.Addr(), m.last, answer)
				m.site.net.Post(m.site.target.Addr(), m.last, []byte("d1:rd2:id20:abcdefghij0123456789e1:t4:junk1:y1:re"))
			}
			return answer
		}},
		{name: "answers from another port", raw: func(m *machine, q dict, answer []byte) []byte {
			if asks(q, "ping") {
				return answer
			}
			m.site.net.Post(netip.AddrPortFrom(m.site.target.Addr().Addr(), 7), m.last, answer)
			return nothing
		}},
		{name: "sends what is no message", raw: func(_ *machine, q dict, answer []byte) []byte {
			if asks(q, "ping") {
				return answer
			}
			return answer[1:]
		}},
		{name: "speaks to nobody any more after 40 queries", meets: func(m *machine, _ netip.AddrPort, packet []byte) []byte {
			n, _ := m.memory["count"].(int)
			m.memory["count"] = n + 1
			m.dead = n > 40
			return nil
		}},
		{name: "sends ever deeper answers", says: func(_ *machine, _, a dict) bool {
			if r := values(a); r != nil {
				deep := any("x")
				for range 25 {
					deep = []any{deep}
				}
				r["values"], r["token"], r["nodes"] = deep, deep, deep
			}
			return true
		}},
	} {
		t.Run(m.name, func(t *testing.T) {
			s := newSite()
			s.apply(m)
			found := s.run(t, s.heading(false)+examine)
			if len(found) == 0 {
				t.Error("nothing is said to be wrong with it")
			}
			t.Log(len(found), "rules failed or unknown")
		})
	}
}

// scramble makes every value of an answer something else, deep down, but for what says that it is
// one.
func scramble(source *rand.Rand, d dict) {
	others := []any{int64(-1), int64(1) << 62, "", "\x1b[2J", strings.Repeat("x", 300), []any{}, dict{}, []any{dict{"a": int64(1)}}}
	for k, v := range d {
		inner, isDict := v.(dict)
		switch {
		case k == "t" || k == "y":
		case isDict && source.IntN(4) > 0:
			scramble(source, inner)
		case k == "id" && source.IntN(2) == 0:
		default:
			d[k] = others[source.IntN(len(others))]
		}
	}
}

// A node that does not answer at all is no node, and one that stops is told apart from one that
// ignores the only address that asks.
func TestNobody(t *testing.T) {
	s := newSite()
	s.net.Remove(s.target.Addr())
	out := s.print(t, s.heading(false)+`
		local began = task.now()
		local report, why = require "lightdht.conformance".run(TARGET, { patience = 1 })
		print(report, why, task.now() - began < 10)`)
	if !strings.HasPrefix(out, "nil\tno node answers a ping at "+dhttest.Addr(1).String()) || !strings.HasSuffix(out, "true\n") {
		t.Error(out)
	}
}
