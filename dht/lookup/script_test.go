package lookup

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/lightdht/lightdht/dht/krpc"
)

// TestScripts plays testdata. A contact is written as its id's first byte in
// hex and lives at 10.0.0.<that byte>; 40@41 has id 40 and lives where 41 would,
// ?@41 lives there with an unknown id, and 40@[2001:db8::1]:7 says it in full.
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/scripts", func(t *testing.T, path string) {
		var p player
		datadriven.RunTest(t, path, p.play)
	})
}

type player struct{ walk *Walk }

func (p *player) play(t *testing.T, d *datadriven.TestData) string {
	kinds := map[string]Kind{"start": Start, "hearsay": Hearsay, "answer": Answer, "slow": Slow, "tardy": Tardy, "silence": Silence}
	switch d.Cmd {
	case "walk":
		cfg := Config{Target: contact(t, word(d, "target")).ID}
		for key, field := range map[string]*int{"k": &cfg.K, "width": &cfg.Width, "max_queries": &cfg.MaxQueries} {
			if d.HasArg(key) {
				d.ScanArgs(t, key, field)
			}
		}
		p.walk = New(cfg)
		return ""
	case "closest":
		var names []string
		for _, c := range p.walk.Closest(nil) {
			names = append(names, name(c))
		}
		if names == nil {
			return "nobody\n"
		}
		return strings.Join(names, " ") + "\n"
	case "hop":
		return fmt.Sprintln(p.walk.Hop(contact(t, d.CmdArgs[0].Key).Addr))
	}
	kind, ok := kinds[d.Cmd]
	if !ok {
		t.Fatalf("%s: unknown command %q", d.Pos, d.Cmd)
	}
	ev := Event{Kind: kind}
	if kind != Start && kind != Hearsay {
		ev.From = contact(t, d.CmdArgs[0].Key)
	}
	for _, s := range strings.Fields(d.Input) {
		ev.Found = append(ev.Found, contact(t, s))
	}
	var out strings.Builder
	for _, c := range p.walk.Step(ev, nil) {
		fmt.Fprintln(&out, "ask", name(c))
	}
	if p.walk.Done() {
		fmt.Fprintln(&out, "done after", p.walk.Asked())
	}
	return out.String()
}

func word(d *datadriven.TestData, key string) string {
	for _, arg := range d.CmdArgs {
		if arg.Key == key {
			return arg.Vals[0]
		}
	}
	return ""
}

func contact(t testing.TB, s string) krpc.Contact {
	id, where, ok := strings.Cut(s, "@")
	if !ok {
		where = id
	}
	var c krpc.Contact
	if id != "?" {
		c.ID[0] = hexByte(t, id)
	}
	if addr, err := netip.ParseAddrPort(where); err == nil {
		c.Addr = addr
	} else {
		c.Addr = home(hexByte(t, where))
	}
	return c
}

func hexByte(t testing.TB, s string) byte {
	n, err := strconv.ParseUint(s, 16, 8)
	if err != nil {
		t.Fatalf("bad contact: %v", err)
	}
	return byte(n)
}

func home(b byte) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, b}), 6881)
}

func name(c krpc.Contact) string {
	id := "?"
	if !c.ID.IsZero() {
		id = fmt.Sprintf("%02x", c.ID[0])
	}
	if c.Addr == home(c.ID[0]) {
		return id
	}
	if ip := c.Addr.Addr(); ip.Is4() && c.Addr == home(ip.As4()[3]) {
		return fmt.Sprintf("%s@%02x", id, ip.As4()[3])
	}
	return id + "@" + c.Addr.String()
}
