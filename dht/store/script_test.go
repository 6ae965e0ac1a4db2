package store

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/lightdht/lightdht/dht/krpc"
)

// TestScripts plays testdata/items against one store, whose own id is zero
// unless it is told another.
//
// An immutable item is named by how many bits its target has in common with the
// id zero, and by a letter: 3a and 3b have exactly three. A mutable one is key/salt
// or key alone, key being a letter; its value is what v= says. Hosts are the last
// byte of 20.0.0.0/24, or an address in full.
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/items", func(t *testing.T, path string) {
		p := scriptPlayer{names: map[krpc.ID]string{}}
		datadriven.RunTest(t, path, p.play)
	})
}

type scriptPlayer struct {
	items *Items
	now   krpc.Time
	names map[krpc.ID]string
}

func (p *scriptPlayer) play(t *testing.T, d *datadriven.TestData) string {
	switch d.Cmd {
	case "store":
		var cfg ItemsConfig
		d.MaybeScanArgs(t, "max", &cfg.MaxItems)
		d.MaybeScanArgs(t, "host", &cfg.MaxPerHost)
		p.items, p.now = NewItems(cfg), 0
		return ""
	case "at":
		at, err := time.ParseDuration(d.CmdArgs[0].Key)
		must(t, err)
		p.now = krpc.Time(at)
		return ""
	case "own":
		first, err := strconv.ParseUint(d.CmdArgs[0].Key, 2, 8)
		must(t, err)
		p.items.SetOwn(krpc.ID{byte(first)})
		return ""
	case "put":
		var out strings.Builder
		for _, line := range strings.Split(d.Input, "\n") {
			out.WriteString(p.put(t, line))
		}
		return out.String()
	case "get":
		it := p.item(t, d.CmdArgs[0].Key)
		got, ok := p.items.Get(p.now, it.Target())
		if !ok {
			return "nothing\n"
		}
		return p.describe(got)
	case "list":
		var out strings.Builder
		p.items.Each(func(target krpc.ID, it *krpc.Item, last krpc.Time) {
			fmt.Fprintf(&out, "%v %s", time.Duration(last), p.describe(it))
		})
		fmt.Fprintf(&out, "%d items, %d bytes\n", p.items.Len(), p.items.Bytes())
		return out.String()
	case "expire":
		p.items.Expire(p.now)
		next, some := p.items.Next()
		if !some {
			return "never again\n"
		}
		return fmt.Sprintf("next at %v\n", time.Duration(next))
	}
	t.Fatalf("%s: unknown command %q", d.Pos, d.Cmd)
	return ""
}

// put plays a line: the item, then v=, seq= and cas= if it is mutable, then the hosts that put it,
// once each.
func (p *scriptPlayer) put(t *testing.T, line string) string {
	words := strings.Fields(line)
	it, cas := p.item(t, words[0]), (*int64)(nil)
	var hosts []netip.Addr
	for _, word := range words[1:] {
		key, value, some := strings.Cut(word, "=")
		n, err := strconv.ParseInt(value, 10, 64)
		switch {
		case !some:
			hosts = append(hosts, p.hosts(t, word)...)
		case key == "v":
			it.Value = krpc.AppendString(nil, value)
		case key == "seq":
			must(t, err)
			it.Seq = n
		case key == "cas":
			must(t, err)
			cas = &n
		default:
			t.Fatalf("what is %q?", word)
		}
	}
	var out strings.Builder
	for _, from := range hosts {
		answer := "stored"
		if refusal := p.items.Put(p.now, it, cas, from); refusal != nil {
			answer = fmt.Sprint(refusal.Code, " ", refusal.Message)
		}
		if text := fmt.Sprintf("%s: %s\n", line, answer); !strings.HasSuffix(out.String(), text) {
			out.WriteString(text)
		}
	}
	return out.String()
}

// hosts reads 7, 3-9 or an address.
func (p *scriptPlayer) hosts(t *testing.T, word string) (hosts []netip.Addr) {
	if ip, err := netip.ParseAddr(word); err == nil {
		return append(hosts, ip)
	}
	first, last, some := strings.Cut(word, "-")
	if !some {
		last = first
	}
	from, err := strconv.Atoi(first)
	to, err2 := strconv.Atoi(last)
	must(t, errors.Join(err, err2))
	for i := from; i <= to; i++ {
		hosts = append(hosts, host(i).Addr())
	}
	return hosts
}

// item makes the item of a name, and remembers the name.
func (p *scriptPlayer) item(t *testing.T, name string) *krpc.Item {
	it := &krpc.Item{Mutable: true}
	if key, salt, _ := strings.Cut(name, "/"); key[0] >= 'a' {
		it.Key, it.Salt = [32]byte{key[0]}, []byte(salt)
	} else {
		bits, err := strconv.Atoi(name[:len(name)-1])
		must(t, err)
		it = immutable(bits, int(name[len(name)-1]-'a'))
	}
	p.names[it.Target()] = name
	return it
}

func (p *scriptPlayer) describe(it *krpc.Item) string {
	if it.Mutable {
		return fmt.Sprintf("%s seq=%d %s\n", p.names[it.Target()], it.Seq, it.Value)
	}
	return p.names[it.Target()] + "\n"
}

// immutable returns the which-th item whose target begins with exactly that number of zeros.
func immutable(bits, which int) *krpc.Item {
	for i := 0; ; i++ {
		it := &krpc.Item{Value: fmt.Appendf(nil, "i%de", i)}
		if it.Target().CommonPrefix(krpc.ID{}) == bits {
			if which--; which < 0 {
				return it
			}
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
