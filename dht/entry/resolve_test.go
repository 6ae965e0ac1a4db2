package entry

import (
	"context"
	"errors"
	"net"
	"net/netip"
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

func TestResolve(t *testing.T) {
	four, six := AddressesOf(netip.MustParseAddrPort("0.0.0.0:1")), AddressesOf(netip.MustParseAddrPort("[::]:1"))
	both := Addresses{four.V4, six.V6}
	addresses := book{"dht.libtorrent.org": "192.0.2.1 2001:db8::1", "router.bt.ouinet.work": "192.0.2.3", "::ffff:192.0.2.9": "::ffff:192.0.2.9"}
	for name, test := range map[string]struct {
		way    Way
		listen Addresses
		known  bool
		want   string // addresses, or the error
	}{
		"one unknown host is no obstacle": {way: Way{Public: true}, listen: both, want: "192.0.2.1:25401, [2001:db8::1]:25401, 192.0.2.3:6881"},
		"of one family":                   {way: Way{Public: true}, listen: six, want: "[2001:db8::1]:25401"},
		"others":                          {way: Way{Public: true, Bootstrap: []string{"router.bt.ouinet.work:1"}}, listen: four, want: "192.0.2.3:1"},
		"nobody":                          {way: Way{Public: true, Bootstrap: []string{"a.invalid:1", "b.invalid:1"}}, want: "no network: none of the hosts to join the public DHT through was found (a.invalid:1, b.invalid:1); is this machine connected?"},
		"nobody, but saved nodes":         {way: Way{Public: true, Bootstrap: []string{"a.invalid:1"}}, known: true, want: ""},
		"a name of --join":                {way: Way{Join: []string{"router.bt.ouinet.work:1", "a.invalid:1"}}, want: "--join: cannot find the address of \"a.invalid\""},
		"a name of the other family":      {way: Way{Join: []string{"router.bt.ouinet.work:1"}}, listen: six, want: "--join: cannot find the IPv6 address of"},
		"v4-mapped":                       {way: Way{Join: []string{"[::ffff:192.0.2.9]:1"}}, want: "192.0.2.9:1"},
	} {
		test.way.Listen = test.listen
		addrs, err := test.way.resolve(t.Context(), addresses.lookUp, test.known)
		got := List(addrs)
		if err != nil {
			got = err.Error()
			if _, ok := err.(*Error); !ok {
				t.Errorf("%s: the error is a %T", name, err)
			}
		}
		if !strings.HasPrefix(got, test.want) || test.want == "" && got != "" {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// An address needs no resolver, however little time there is.
func TestResolveInNoTime(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	silent := func(ctx context.Context, _, _ string) ([]netip.Addr, error) { return nil, ctx.Err() }
	w := &Way{Join: []string{"127.0.0.1:1", "[::1]:1"}}
	if addrs, err := w.resolve(ctx, silent, false); len(addrs) != 2 || err != nil {
		t.Errorf("%v, %v", addrs, err)
	}
}

// Resolvers that never answer cost five seconds, however many there are to ask.
func TestResolveGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		look := func(ctx context.Context, _, _ string) ([]netip.Addr, error) {
			asked.Add(1)
			<-ctx.Done()
			return nil, ctx.Err()
		}
		public := &Way{Public: true}
		began := time.Now()
		_, err := public.resolve(t.Context(), look, false)
		if took := time.Since(began); took != ResolveTimeout || int(asked.Load()) != len(publicHosts) {
			t.Errorf("it took %v to ask %d hosts", took, asked.Load())
		}
		if _, ok := err.(*Error); !ok || strings.Contains(err.Error(), "\n") {
			t.Errorf("the error is %v", err)
		}
		interrupted, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := public.resolve(interrupted, look, false); !errors.Is(err, context.Canceled) {
			t.Errorf("interrupted: %v", err)
		}
	})
}
