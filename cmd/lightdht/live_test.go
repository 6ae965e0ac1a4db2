package main

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// book resolves what is in it.
type book map[string]string

func (b book) lookUp(_ context.Context, network, host string) (found []netip.Addr, err error) {
	for text := range strings.FieldsSeq(b[host]) {
		if ip := netip.MustParseAddr(text); network == "ip" || ip.Is4() == (network == "ip4") {
			found = append(found, ip)
		}
	}
	if len(found) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return found, nil
}

func TestEntry(t *testing.T) {
	four, six := addressesOf(netip.MustParseAddrPort("0.0.0.0:1")), addressesOf(netip.MustParseAddrPort("[::]:1"))
	both := addresses{four.v4, six.v6}
	known := book{"dht.libtorrent.org": "192.0.2.1 2001:db8::1", "router.bt.ouinet.work": "192.0.2.3", "::ffff:192.0.2.9": "::ffff:192.0.2.9"}
	for name, test := range map[string]struct {
		flags  realFlags
		listen addresses
		anyway bool
		want   string // addresses, or the error
	}{
		"one unknown host is no obstacle": {flags: realFlags{live: true}, listen: both, want: "192.0.2.1:25401, [2001:db8::1]:25401, 192.0.2.3:6881"},
		"of one family":                   {flags: realFlags{live: true}, listen: six, want: "[2001:db8::1]:25401"},
		"others":                          {flags: realFlags{live: true, bootstrap: []string{"router.bt.ouinet.work:1"}}, listen: four, want: "192.0.2.3:1"},
		"nobody":                          {flags: realFlags{live: true, bootstrap: []string{"a.invalid:1", "b.invalid:1"}}, want: "no network: none of the hosts to join the public DHT through was found (a.invalid:1, b.invalid:1); is this machine connected?"},
		"nobody, but saved nodes":         {flags: realFlags{live: true, bootstrap: []string{"a.invalid:1"}}, anyway: true, want: ""},
		"a name of --join":                {flags: realFlags{join: []string{"router.bt.ouinet.work:1", "a.invalid:1"}}, want: "--join: cannot find the address of \"a.invalid\""},
		"a name of the other family":      {flags: realFlags{join: []string{"router.bt.ouinet.work:1"}}, listen: six, want: "--join: cannot find the IPv6 address of"},
		"v4-mapped":                       {flags: realFlags{join: []string{"[::ffff:192.0.2.9]:1"}}, want: "192.0.2.9:1"},
	} {
		h := &host{lookup: known.lookUp}
		addrs, err := h.entry(t.Context(), &test.flags, test.listen, test.anyway)
		got := list(addrs)
		if err != nil {
			got = err.Error()
			if exitCode(err) != exitNoNetwork {
				t.Errorf("%s: exit code %d", name, exitCode(err))
			}
		}
		if !strings.HasPrefix(got, test.want) || test.want == "" && got != "" {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// An address needs nobody's help, however little time there is; a name does, and a
// node that is told to end meanwhile has not failed.
func TestEntryInNoTime(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var errout bytes.Buffer
	h := &host{errout: &errout, lookup: func(ctx context.Context, _, _ string) ([]netip.Addr, error) { return nil, ctx.Err() }}
	f := &realFlags{join: []string{"127.0.0.1:1", "[::1]:1"}}
	if addrs, err := h.entry(ctx, f, addresses{}, false); len(addrs) != 2 || err != nil {
		t.Errorf("%v, %v", addrs, err)
	}
	o := &nodeOptions{logFormat: "text"}
	o.live = true
	if code := h.node(ctx, o); code != exitDone || errout.String() != "ended while the hosts to join through were looked up\n" {
		t.Errorf("exit code %d, %q", code, errout.String())
	}
}

// Resolvers that never answer cost five seconds, however many there are to ask.
func TestResolveGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		h := &host{lookup: func(ctx context.Context, _, _ string) ([]netip.Addr, error) {
			asked.Add(1)
			<-ctx.Done()
			return nil, ctx.Err()
		}}
		began := time.Now()
		_, err := h.entry(t.Context(), &realFlags{live: true}, addresses{}, false)
		if took := time.Since(began); took != resolveTimeout || int(asked.Load()) != len(liveHosts) {
			t.Errorf("it took %v to ask %d hosts", took, asked.Load())
		}
		if err == nil || exitCode(err) != exitNoNetwork || strings.Contains(err.Error(), "\n") {
			t.Errorf("the error is %v", err)
		}
		interrupted, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := h.entry(interrupted, &realFlags{live: true}, addresses{}, false); !errors.Is(err, context.Canceled) {
			t.Errorf("interrupted: %v", err)
		}
	})
}

func TestLiveHosts(t *testing.T) {
	f := realFlags{live: true}
	if err := f.checkHosts(); err != nil || !slices.Equal(f.hosts(), liveHosts) {
		t.Error(f.hosts(), err)
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
		f := realFlags{listen: strings.Fields(text)}
		as, err := f.listenAddrs()
		got := list(as.all())
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
		f := realFlags{}
		if got := list(f.home(addrs).all()); got != want {
			t.Errorf("to join through %q it listens on %v, want %v", entry, got, want)
		}
		f.usual = nodeListen
		if got := list(f.home(addrs).all()); !strings.HasSuffix(got, ":6881") || strings.Contains(got, "127.0") {
			t.Errorf("lightdht node, to join through %q, listens on %v", entry, got)
		}
	}
}
