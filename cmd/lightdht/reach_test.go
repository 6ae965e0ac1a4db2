package main

import (
	"context"
	"net/netip"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht"
)

func TestParseGrant(t *testing.T) {
	for text, want := range map[string]dht.Grant{
		"10.0.0.0/8":              {Prefix: netip.MustParsePrefix("10.0.0.0/8"), First: 1024, Last: 65535},
		"10.0.0.1":                {Prefix: netip.MustParsePrefix("10.0.0.1/32"), First: 1024, Last: 65535},
		"10.0.0.1:53":             {Prefix: netip.MustParsePrefix("10.0.0.1/32"), First: 53, Last: 53},
		"10.0.0.0/8:1-65535":      {Prefix: netip.MustParsePrefix("10.0.0.0/8"), First: 1, Last: 65535},
		"0.0.0.0/0:6881":          {Prefix: netip.MustParsePrefix("0.0.0.0/0"), First: 6881, Last: 6881},
		"fd00::/8":                {Prefix: netip.MustParsePrefix("fd00::/8"), First: 1024, Last: 65535},
		"[fd00::/8]":              {Prefix: netip.MustParsePrefix("fd00::/8"), First: 1024, Last: 65535},
		"[fd00::/8]:6881-6999":    {Prefix: netip.MustParsePrefix("fd00::/8"), First: 6881, Last: 6999},
		"[::1]:53":                {Prefix: netip.MustParsePrefix("::1/128"), First: 53, Last: 53},
		"::1":                     {Prefix: netip.MustParsePrefix("::1/128"), First: 1024, Last: 65535},
		"[10.0.0.0/8]:7000-7000":  {Prefix: netip.MustParsePrefix("10.0.0.0/8"), First: 7000, Last: 7000},
		"":                        {},
		"10.0.0.0":                {Prefix: netip.MustParsePrefix("10.0.0.0/32"), First: 1024, Last: 65535},
		"10.0.0.0/8:":             {},
		"10.0.0.0/8:0":            {},
		"10.0.0.0/8:65536":        {},
		"10.0.0.0/8:2-1":          {},
		"10.0.0.0/8:1-2-3":        {},
		"10.0.0.0/8:-1":           {},
		"10.0.0.0/8:1-":           {},
		"10.0.0.0/8: 53":          {},
		"10.0.0.0/8:+53":          {},
		"10.0.0.0/33":             {},
		"10.0.0.0/08":             {},
		"10.1.0.0/8":              {},
		"fd00::1/8":               {},
		"fd00::/8:53":             {}, // would be another address
		"[fd00::/8":               {},
		"[fd00::/8]53":            {},
		"[fd00::]/8:53":           {},
		"fe80::1%eth0":            {},
		"fe80::/10%eth0":          {},
		"::ffff:10.0.0.0/104":     {},
		"::ffff:10.0.0.1":         {},
		"localhost":               {},
		"10.0.0.0/8 ":             {},
		"10.0.0.0/255.0.0.0":      {},
		"[[fd00::/8]]:53":         {},
		"999999999999999999999/8": {},
	} {
		got, err := parseGrant(text)
		if good := want != (dht.Grant{}); good != (err == nil) || good && got != want {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// What a grant is written as is read as the same grant.
func FuzzGrant(f *testing.F) {
	for _, text := range []string{"10.0.0.0/8", "[fd00::/8]:53", "10.0.0.1:1-2", "::1", "[::1]:1-65535"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		g, err := parseGrant(text)
		if err != nil {
			return
		}
		if again, err := parseGrant(g.String()); err != nil || again != g || g.First == 0 || g.First > g.Last || g.Prefix != g.Prefix.Masked() {
			t.Errorf("%q is %v; that is %v, %v", text, g, again, err)
		}
	})
}

func TestReachLines(t *testing.T) {
	for args, want := range map[string]string{
		"":                               "",
		"--sim 50":                       "",
		"--join 127.0.0.1:6881":          "It may send queries of the DHT to loopback addresses of IPv4, at ports from 1024 on.|It may listen where its own node does.",
		"--join 10.0.0.1:6881":           "It may send queries of the DHT to private addresses of IPv4, at ports from 1024 on.|It may listen where its own node does.",
		"--join [::1]:1 --allow-raw":     "It may send datagrams of any content to loopback addresses of IPv6, at ports from 1024 on.|It may listen where its own node does.",
		"--live --allow-net 10.0.0.0/8":  "It may send queries of the DHT to public addresses of IPv4, at ports from 1024 on, public addresses of IPv6, at ports from 1024 on, 10.0.0.0/8.|It may listen where its own node does.",
		"--join here:1 --allow-net ::/0": "It may send queries of the DHT to the kind of addresses that here:1 has (loopback, private or public), at ports from 1024 on, ::/0.|It may listen where its own node does.",
	} {
		o := &runOptions{flags: pflag.NewFlagSet("run", pflag.ContinueOnError)}
		o.networkFlags.register(o.flags)
		if err := o.flags.Parse(strings.Fields(args)); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(o.reachLines(), "|"); got != want {
			t.Errorf("%q: %s\nwant %s", args, got, want)
		}
	}
	for _, line := range (&runOptions{}).reachLines() {
		if len(line) > helpColumns {
			t.Errorf("%q is too wide", line)
		}
	}
}

// Names may lead to addresses of several kinds; those at which no node is are left out.
func TestJoinable(t *testing.T) {
	for _, test := range []struct {
		live   bool
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
		f := realFlags{live: test.live}
		for _, g := range test.grants {
			if err := f.grants.Set(g); err != nil {
				t.Fatal(err)
			}
		}
		var found []netip.AddrPort
		for _, a := range strings.Fields(test.found) {
			found = append(found, netip.MustParseAddrPort(a))
		}
		got, err := f.joinable(found)
		if joined := strings.ReplaceAll(list(got), ",", ""); joined != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%+v: %s, %v", test, joined, err)
		}
	}
}

// A resolver that leads to this machine does not lead there on the public DHT.
func TestResolverLeadsNowhere(t *testing.T) {
	h, f := &host{}, &realFlags{live: true, bootstrap: []string{"router.example:6881"}}
	h.lookup = func(context.Context, string, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("198.18.0.1")}, nil
	}
	if _, _, err := h.wayIn(t.Context(), f, addresses{}, false); err == nil || !strings.Contains(err.Error(), "no public address") {
		t.Error(err)
	}
}
