package bridge

import (
	"net/netip"
	"testing"
	"time"
)

// isOurs reports whether an address is that of nodes of ours: the router's is.
func isOurs(addr netip.Addr) bool {
	if addr == netip.MustParseAddr(routerAddr) {
		return true
	}
	third := int(addr.As4()[2])
	return third >= announcer && third < clientRow || third >= plainRow && third < 128
}

// idles counts queries while nobody asks for anything.
func (w *world) idles(t *testing.T) {
	begin := time.Now()
	<-time.After(quiet)
	minutes := time.Since(begin).Minutes()
	sent := map[netip.AddrPort]int{}
	for _, p := range w.seen.all() {
		if p.at.Before(begin) || !isQuery(p) {
			continue
		}
		if isOurs(p.from.Addr()) {
			sent[p.from]++
		}
		if i, ok := w.guestAt(p.to.Addr()); ok && isOurs(p.from.Addr()) {
			w.rows[i].asked += 1 / minutes
		}
		if i, ok := w.guestAt(p.from.Addr()); ok && isOurs(p.to.Addr()) {
			w.rows[i].asks += 1 / minutes
		}
	}
	for addr, n := range sent {
		t.Logf("%s: %.0f queries a minute", addr, float64(n)/minutes)
	}
}

// guestAt is the number of the client with an address.
func (w *world) guestAt(addr netip.Addr) (int, bool) {
	for i, g := range w.guests {
		if g.addr.Addr() == addr {
			return i, true
		}
	}
	return 0, false
}

func isQuery(p packet) bool {
	value, _ := decode(p.payload)
	message, _ := value.(map[string]any)
	return message["y"] == "q"
}

// packetsAreRight reads every packet of ours.
func (w *world) packetsAreRight(t *testing.T) {
	if lost := w.seen.lost(t); lost > 0 {
		t.Fatalf("the capture lost %d packets", lost)
	}
	c := checker{map[question]string{}}
	n := 0
	for _, p := range w.seen.all() {
		c.note(p.from, p.to, p.payload)
		if !isOurs(p.from.Addr()) || p.payload == nil {
			continue
		}
		n++
		i, toGuest := w.guestAt(p.to.Addr())
		if toGuest {
			w.rows[i].packets++
		}
		if err := c.check(p.from, p.to, p.payload); err != nil {
			t.Errorf("%s to %s: %v in %q", p.from, p.to, err, p.payload)
			if toGuest {
				w.rows[i].faults++
			}
		}
	}
	t.Logf("%d packets of ours", n)
}

// nobodyComplains reads what each client has logged.
func (w *world) nobodyComplains(t *testing.T) {
	for i, g := range w.guests {
		if g.process == nil {
			continue
		}
		for _, j := range []*journal{&g.stdout, &g.stderr} {
			lines := j.matching(g.complaint.MatchString)
			w.rows[i].complaints += len(lines)
			for _, line := range lines {
				t.Errorf("%s complains: %.300s", g.name, line)
			}
		}
	}
}
