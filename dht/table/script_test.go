package table

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/lightdht/lightdht/dht/krpc"
)

// TestScripts plays testdata. A contact is written as its id's first byte in hex
// and lives at 10.0.0.<that byte>; 40@41 has id 40 and lives where 41 would. The
// table's own id is 00, so 80 to ff belong to bucket 0, 40 to 7f to bucket 1, and
// so on. Time stands still but for "later".
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/scripts", func(t *testing.T, path string) {
		var p player
		datadriven.RunTest(t, path, p.play)
	})
}

type player struct {
	table both
	now   krpc.Time
	src   krpc.Source
}

func (p *player) play(t *testing.T, d *datadriven.TestData) string {
	var out strings.Builder
	event := func(f func(c krpc.Contact)) {
		for _, arg := range d.CmdArgs {
			f(contact(t, arg.Key))
		}
	}
	fresh := func(f func(c krpc.Contact) bool) {
		event(func(c krpc.Contact) {
			if f(c) {
				fmt.Fprintln(&out, "fresh", name(c))
			}
		})
	}
	switch d.Cmd {
	case "buckets", "flat":
		p.open(t, d)
	case "heard":
		fresh(func(c krpc.Contact) bool { return p.table.Heard(p.now, c) })
	case "queried":
		fresh(func(c krpc.Contact) bool { return p.table.Queried(p.now, c, nil) })
	case "answered":
		fresh(func(c krpc.Contact) bool { return p.table.Answered(p.now, c, time.Second/10, nil) })
	case "restored":
		fresh(func(c krpc.Contact) bool { return p.table.Restore(p.now, Entry{Contact: c}) })
	case "asked":
		event(func(c krpc.Contact) { p.table.Asked(p.now, c) })
	case "silent":
		event(func(c krpc.Contact) { p.table.Silent(p.now, c) })
	case "remove":
		event(func(c krpc.Contact) { p.table.Remove(c.ID) })
	case "later":
		by, err := time.ParseDuration(d.CmdArgs[0].Key)
		if err != nil {
			t.Fatalf("%s: %v", d.Pos, err)
		}
		p.now = p.now.Add(by)
	case "due":
		p.due(&out)
	case "show":
		p.show(&out)
	case "closest", "serve":
		n := 8
		d.MaybeScanArgs(t, "n", &n)
		f := p.table.Closest
		if d.Cmd == "serve" {
			f = p.table.Serve
		}
		for _, c := range f(p.now, contact(t, d.CmdArgs[0].Key).ID, n, nil) {
			fmt.Fprintln(&out, name(c))
		}
	default:
		t.Fatalf("%s: unknown command %q", d.Pos, d.Cmd)
	}
	return out.String()
}

func (p *player) open(t *testing.T, d *datadriven.TestData) {
	var cfg Config
	d.MaybeScanArgs(t, "k", &cfg.K)
	d.MaybeScanArgs(t, "limit", &cfg.Limit)
	p.now, p.src = 0, source(1)
	own := krpc.ID{19: 1} // a zero id is no node's
	if p.table = NewFlat(own, cfg); d.Cmd == "buckets" {
		p.table = NewBuckets(own, cfg)
	}
}

// due plays a quarter of a minute, so that jobs that are spread all come, and
// prints them in their order.
func (p *player) due(out *strings.Builder) {
	end := p.now.Add(15 * time.Second)
	for {
		next, ok := p.table.Next()
		if !ok || next > end {
			break
		}
		p.now = max(p.now, next)
		job, ok := p.table.Due(p.now, p.src)
		switch {
		case !ok:
		case job.Refresh.IsZero():
			fmt.Fprintln(out, "ping", name(job.Ping))
		default:
			b, ok := p.table.(*Buckets)
			if !ok {
				b = p.table.(*Flat).routes
			}
			fmt.Fprintln(out, "refresh bucket", b.bucket(&job.Refresh))
		}
	}
	p.now = end
}

func (p *player) show(out *strings.Builder) {
	b, ok := p.table.(*Buckets)
	if !ok {
		all, _ := p.table.Page(p.now, 0, make([]Entry, 0, 100))
		for _, e := range all {
			fmt.Fprint(out, name(e.Contact), " ", e.Status)
			for _, addr := range e.Others {
				fmt.Fprint(out, ", also at ", addr)
			}
			fmt.Fprintln(out)
		}
		return
	}
	from := 0
	for i, sp := range b.spans {
		p.slots(out, b, "bucket "+strconv.Itoa(i), b.members.slots[from:from+int(sp.n)])
		from += int(sp.n)
	}
	p.slots(out, b, "waiting", b.replacements.slots)
}

func (p *player) slots(out *strings.Builder, b *Buckets, title string, slots []slot) {
	if len(slots) == 0 {
		return
	}
	var words []string
	for i := range slots {
		words = append(words, name(b.contact(&slots[i]))+" "+b.status(p.now, &slots[i]).String())
	}
	slices.Sort(words)
	fmt.Fprintf(out, "%s: %s\n", title, strings.Join(words, ", "))
}

func contact(t *testing.T, s string) krpc.Contact {
	id, addr, ok := strings.Cut(s, "@")
	if !ok {
		addr = id
	}
	b, err1 := strconv.ParseUint(id, 16, 8)
	a, err2 := strconv.ParseUint(addr, 16, 8)
	if err1 != nil || err2 != nil {
		t.Fatalf("%q is not a contact", s)
	}
	return krpc.Contact{ID: krpc.ID{byte(b)}, Addr: node(byte(a)).Addr}
}

func name(c krpc.Contact) string {
	s := fmt.Sprintf("%02x", c.ID[0])
	if at := c.Addr.Addr().As4()[3]; c.Addr == netip.AddrPortFrom(node(at).Addr.Addr(), 6881) && at != c.ID[0] {
		return fmt.Sprintf("%s@%02x", s, at)
	}
	return s
}
