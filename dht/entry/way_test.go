package entry

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

func TestHosts(t *testing.T) {
	for name, test := range map[string]struct {
		way   Way
		hosts []string // nil: it is refused
		want  string
	}{
		"public":         {Way{Public: true}, publicHosts, ""},
		"another entry":  {Way{Public: true, Bootstrap: []string{"here:1"}}, []string{"here:1"}, ""},
		"private":        {Way{Join: []string{"here:1", "[::1]:2"}}, []string{"here:1", "[::1]:2"}, ""},
		"both":           {Way{Public: true, Join: []string{"here:1"}}, nil, "--live is the public DHT, --join another network"},
		"wrong flag":     {Way{Bootstrap: []string{"here:1"}}, nil, "--bootstrap says where to enter the public DHT"},
		"no port":        {Way{Join: []string{"here"}}, nil, "--join: HOST:PORT is needed, as in 127.0.0.1:6881, got \"here\""},
		"port 0":         {Way{Join: []string{"here:0"}}, nil, "--join: HOST:PORT is needed"},
		"no host":        {Way{Public: true, Bootstrap: []string{":1"}}, nil, "--bootstrap: HOST:PORT is needed"},
		"a number of 17": {Way{Join: []string{"here:65536"}}, nil, "--join: HOST:PORT is needed"},
	} {
		err := test.way.Check()
		switch {
		case test.hosts == nil && (err == nil || !strings.HasPrefix(err.Error(), test.want)):
			t.Errorf("%s: %v, want %q", name, err, test.want)
		case test.hosts != nil && (err != nil || !slices.Equal(test.way.Hosts(), test.hosts)):
			t.Errorf("%s: %v, %v", name, test.way.Hosts(), err)
		}
	}
}

func TestListen(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "",
		"127.0.0.1:6881":              "127.0.0.1:6881",
		"127.0.0.1":                   "127.0.0.1:0",
		":6881":                       "0.0.0.0:6881",
		"[::1]:6881":                  "[::1]:6881",
		"[::1]":                       "[::1]:0",
		"::1":                         "[::1]:0",
		"[::ffff:127.0.0.1]:1":        "127.0.0.1:1",
		"[::1]:1 127.0.0.1:2":         "127.0.0.1:2, [::1]:1",
		"127.0.0.1:1 127.0.0.2:1":     "--listen: one IPv4 and one IPv6 address at most",
		"::1 ::2":                     "--listen: one IPv4 and one IPv6 address at most",
		"127.0.0.1:1 [::1]:1 0.0.0.0": "--listen: one IPv4 and one IPv6 address at most",
		"here:6881":                   "--listen: an address like",
		"127.0.0.1:x":                 "--listen: a port is a number",
	} {
		as, err := ParseAddresses(strings.Fields(text))
		got := List(as.All())
		if err != nil {
			got = err.Error()
		}
		if got != want && (err == nil || !strings.HasPrefix(got, want)) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestHome(t *testing.T) {
	for entry, want := range map[string]string{
		"":                            "0.0.0.0:0",
		"192.0.2.1:1":                 "0.0.0.0:0",
		"127.0.0.1:1":                 "127.0.0.1:0",
		"[::1]:1":                     "[::1]:0",
		"[::1]:1 127.0.0.1:1":         "127.0.0.1:0",
		"[2001:db8::1]:1":             "[::]:0",
		"[2001:db8::1]:1 127.0.0.1:1": "0.0.0.0:0",
	} {
		var addrs []netip.AddrPort
		for text := range strings.FieldsSeq(entry) {
			addrs = append(addrs, netip.MustParseAddrPort(text))
		}
		w := Way{}
		if got := List(w.Home(addrs).All()); got != want {
			t.Errorf("to join through %q it listens at %v, want %v", entry, got, want)
		}
		w.Usual = netip.MustParseAddrPort("0.0.0.0:6881")
		if got := List(w.Home(addrs).All()); !strings.HasSuffix(got, ":6881") || strings.Contains(got, "127.0") {
			t.Errorf("with a usual port, to join through %q, listens at %v", entry, got)
		}
	}
}

// Names may lead to addresses of several kinds; those at which no node is are left out.
func TestJoinable(t *testing.T) {
	for _, test := range []struct {
		public bool
		found  string
		grants []string
		want   string // "" is an error
	}{
		{false, "127.0.0.1:1 10.0.0.1:2 8.8.8.8:3", nil, "127.0.0.1:1 10.0.0.1:2 8.8.8.8:3"},
		{false, "[64:ff9b::808:808]:1 8.8.8.8:1", nil, "8.8.8.8:1"},
		{false, "[64:ff9b::808:808]:1", nil, ""},
		{false, "[64:ff9b::808:808]:2000", []string{"64:ff9b::/96"}, "[64:ff9b::808:808]:2000"},
		{false, "100.64.0.1:53", []string{"100.64.0.0/10"}, ""},
		{false, "100.64.0.1:53", []string{"100.64.0.0/10:53"}, "100.64.0.1:53"},
		{true, "8.8.8.8:53 127.0.0.1:6881 10.0.0.1:6881", nil, "8.8.8.8:53"},
		{true, "127.0.0.1:6881", nil, ""},
		{true, "10.0.0.1:6881", []string{"10.0.0.0/8"}, "10.0.0.1:6881"},
	} {
		w := Way{Public: test.public}
		for _, text := range test.grants {
			g, err := ParseGrant(text)
			if err != nil {
				t.Fatal(err)
			}
			w.Grants = append(w.Grants, g)
		}
		var found []netip.AddrPort
		for _, a := range strings.Fields(test.found) {
			found = append(found, netip.MustParseAddrPort(a))
		}
		got, err := w.Joinable(found)
		if joined := strings.ReplaceAll(List(got), ",", ""); joined != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%+v: %s, %v", test, joined, err)
		}
	}
}

// A resolver that leads to this machine does not lead there on the public DHT.
func TestResolverLeadsNowhere(t *testing.T) {
	w := &Way{Public: true, Bootstrap: []string{"router.example:6881"}}
	look := func(context.Context, string, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("198.18.0.1")}, nil
	}
	if _, _, err := w.Find(t.Context(), look, false); err == nil || !strings.Contains(err.Error(), "no public address") {
		t.Error(err)
	}
}

// A name is resolved in the family that is listened in, and the node listens where the addresses
// are.
func TestFind(t *testing.T) {
	known := book{"here.example": "127.0.0.1 ::1"}
	for listen, want := range map[string]string{
		"":            "127.0.0.1:0 for 127.0.0.1:7",
		"127.0.0.1:9": "127.0.0.1:9 for 127.0.0.1:7",
		"0.0.0.0:9":   "0.0.0.0:9 for 127.0.0.1:7",
	} {
		as, err := ParseAddresses(strings.Fields(listen))
		if err != nil {
			t.Fatal(err)
		}
		w := &Way{Join: []string{"here.example:7"}, Listen: as}
		at, entry, err := w.Find(t.Context(), known.lookUp, false)
		if got := List(at.All()) + " for " + List(entry); err != nil || got != want {
			t.Errorf("%q: %s, %v, want %s", listen, got, err, want)
		}
	}
	as, _ := ParseAddresses([]string{"198.51.100.77:0"}) // no address of this machine
	w := &Way{Join: []string{"127.0.0.1:7"}, Listen: as}
	var noWay *Error
	if _, _, err := w.Find(t.Context(), known.lookUp, false); !errors.As(err, &noWay) || !strings.Contains(err.Error(), "this machine has no way to 127.0.0.1:7") {
		t.Error(err)
	}
	if _, _, err := w.Find(t.Context(), known.lookUp, true); err != nil {
		t.Errorf("of a node that knows others: %v", err)
	}
}

func TestRoute(t *testing.T) {
	to := netip.MustParseAddrPort("127.0.0.1:6881")
	if from, err := Route(netip.IPv4Unspecified(), to); err != nil || from != to.Addr() {
		t.Errorf("the route to %v is from %v (%v)", to, from, err)
	}
	if _, err := Route(netip.MustParseAddr("198.51.100.77"), to); !errors.Is(err, syscall.EADDRNOTAVAIL) {
		t.Errorf("this machine is not 198.51.100.77, but: %v", err)
	}
}

// An address that was read is written as one that is read as the same.
func FuzzParseAddresses(f *testing.F) {
	for _, text := range []string{"127.0.0.1:6881", ":1", "::1", "[::1]:6881", "0.0.0.0", "here:1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		as, err := ParseAddresses([]string{text})
		if err != nil {
			return
		}
		if again, err := ParseAddresses([]string{as.All()[0].String()}); err != nil || again != as {
			t.Errorf("%q is %v, which is %v (%v)", text, as.All(), again.All(), err)
		}
	})
}

// A name that was taken apart consists of the parts.
func FuzzSplitName(f *testing.F) {
	for _, text := range []string{"here:1", "[::1]:6881", ":1", "a:b:1", "here:65536"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		host, port, err := SplitName(text)
		if err != nil {
			return
		}
		again, number, err := SplitName(net.JoinHostPort(host, strconv.Itoa(int(port))))
		if err != nil || again != host || number != port || host == "" || port == 0 {
			t.Errorf("%q is %q and %d, which is %q and %d (%v)", text, host, port, again, number, err)
		}
	})
}
