package krpc

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func addr(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

func TestAddrForms(t *testing.T) {
	for _, c := range []struct {
		name, raw, want string // want is empty where it is refused
	}{
		{"IPv4", "\x01\x02\x03\x04\x1a\xe1", "1.2.3.4:6881"},
		{"IPv6", "\x20\x01\x0d\xb8" + strings.Repeat("\x00", 11) + "\x01\xff\xff", "[2001:db8::1]:65535"},
		{"port 0", "\x01\x02\x03\x04\x00\x00", ""},
		{"IPv6, port 0", "\x20" + strings.Repeat("\x00", 17), ""},
		{"IPv4 wrapped in IPv6", strings.Repeat("\x00", 10) + "\xff\xff\x01\x02\x03\x04\x00\x50", ""},
		{"empty", "", ""},
		{"one byte short", "\x01\x02\x03\x04\x1a", ""},
		{"one byte long", "\x01\x02\x03\x04\x1a\xe1\x00", ""},
		{"between the two", strings.Repeat("\x01", 12), ""},
		{"longer than both", strings.Repeat("\x01", 19), ""},
	} {
		got, ok := ParseAddr([]byte(c.raw))
		switch {
		case c.want == "" && ok:
			t.Errorf("%s: accepted as %v", c.name, got)
		case c.want != "" && got != addr(c.want):
			t.Errorf("%s: got %v, want %s", c.name, got, c.want)
		case ok && string(AppendAddr(nil, got)) != c.raw:
			t.Errorf("%s: written again: %q", c.name, AppendAddr(nil, got))
		}
	}
}

func TestEachContact(t *testing.T) {
	one := Contact{ID: ID{1}, Addr: addr("1.2.3.4:5")}
	two := Contact{ID: ID{2}, Addr: addr("5.6.7.8:9")}
	dead := Contact{ID: ID{3}, Addr: addr("9.9.9.9:0")}
	six := Contact{ID: ID{4}, Addr: addr("[2001:db8::1]:7")}
	for _, c := range []struct {
		name  string
		list  []Contact
		extra string
		v6    bool
		want  []Contact
		whole bool
	}{
		{"empty", nil, "", false, nil, true},
		{"two", []Contact{one, two}, "", false, []Contact{one, two}, true},
		{"port 0 is skipped", []Contact{one, dead, two}, "", false, []Contact{one, two}, true},
		{"an incomplete entry", []Contact{one}, "12345", false, nil, false},
		{"shorter than one", nil, strings.Repeat("x", 25), false, nil, false},
		{"IPv6", []Contact{six}, "", true, []Contact{six}, true},
		{"IPv6, incomplete", []Contact{six}, "x", true, nil, false},
		{"IPv6 in the list of IPv4", []Contact{six}, "", false, nil, false},
		{"wrapped IPv4", nil, wrappedNodes(one, dead, two), false, []Contact{one, two}, true},
		{"wrapped IPv4 of a length that is a multiple of both", nil, wrappedNodes(slices.Repeat([]Contact{one}, 13)...), false, slices.Repeat([]Contact{one}, 13), true},
		{"wrapped IPv4 and IPv6", []Contact{six}, wrappedNodes(one), false, nil, false},
		{"wrapped IPv4, incomplete", nil, wrappedNodes(one, two)[1:], false, nil, false},
		{"wrapped IPv4 in the list of IPv6", nil, wrappedNodes(one), true, nil, true},
	} {
		var raw []byte
		for _, e := range c.list {
			raw = AppendContact(raw, e)
		}
		var got []Contact
		whole := EachContact(append(raw, c.extra...), c.v6, func(e Contact) { got = append(got, e) })
		if !slices.Equal(got, c.want) || whole != c.whole {
			t.Errorf("%s: got %v, whole %v", c.name, got, whole)
		}
		m := Message{Nodes: append(raw, c.extra...)}
		if c.v6 {
			m = Message{Nodes6: m.Nodes}
		}
		first := Contact{ID: ID{9}}
		if got, whole := m.AppendNodes([]Contact{first}); !slices.Equal(got[1:], c.want) || got[0] != first || whole != c.whole {
			t.Errorf("%s: appended %v, whole %v", c.name, got, whole)
		}
	}
}

// wrappedNodes is a list of nodes as shiyanhui/dht writes it.
func wrappedNodes(list ...Contact) string {
	var raw []byte
	for _, c := range list {
		raw = AppendContact(raw, Contact{c.ID, netip.AddrPortFrom(netip.AddrFrom16(c.Addr.Addr().As16()), c.Addr.Port())})
	}
	return string(raw)
}

// A contact of the wrong family must not shift the bytes after it.
func TestResponseKeepsFamiliesApart(t *testing.T) {
	four := Contact{ID: ID{1}, Addr: addr("1.2.3.4:5")}
	six := Contact{ID: ID{2}, Addr: addr("[2001:db8::1]:7")}
	mapped := Contact{ID: ID{3}, Addr: addr("[::ffff:1.2.3.4]:7")}
	mixed := []Contact{mapped, four, six}
	packet := (&Response{Tx: []byte("aa"), Lists: Want4 | Want6, Nodes: mixed, Nodes6: mixed}).Append(nil)
	var m Message
	if err := m.Parse(packet); err != nil {
		t.Fatalf("%q: %v", packet, err)
	}
	var got []Contact
	if whole := m.EachNode(func(c Contact) { got = append(got, c) }); !whole {
		t.Errorf("lists that are not whole: %q", packet)
	}
	if !slices.Equal(got, []Contact{four, six}) {
		t.Errorf("got %v", got)
	}
	if !bytes.Equal(m.Nodes, AppendContact(nil, four)) {
		t.Errorf("nodes: %q", m.Nodes)
	}
}
