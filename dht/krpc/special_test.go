package krpc_test

import (
	"net/netip"
	"testing"

	"github.com/lightdht/lightdht/dht/krpc"
)

// The two registries of IANA, one row each and the addresses around it.
func TestClassOf(t *testing.T) {
	for text, want := range map[string]krpc.Class{
		"0.0.0.0": krpc.Unspecified, "0.255.255.255": krpc.Unspecified, "1.0.0.0": krpc.Public,
		"9.255.255.255": krpc.Public, "10.0.0.0": krpc.Private, "10.255.255.255": krpc.Private, "11.0.0.0": krpc.Public,
		"100.63.255.255": krpc.Public, "100.64.0.0": krpc.CarrierNAT, "100.127.255.255": krpc.CarrierNAT, "100.128.0.0": krpc.Public,
		"127.0.0.1": krpc.Loopback, "127.255.255.255": krpc.Loopback, "128.0.0.0": krpc.Public,
		"169.253.255.255": krpc.Public, "169.254.0.1": krpc.LinkLocal, "169.255.0.0": krpc.Public,
		"172.15.255.255": krpc.Public, "172.16.0.0": krpc.Private, "172.31.255.255": krpc.Private, "172.32.0.0": krpc.Public,
		"192.0.0.9": krpc.Reserved, "192.0.1.0": krpc.Public, "192.0.2.255": krpc.Documentation, "192.0.3.0": krpc.Public,
		"192.31.196.1": krpc.Service, "192.52.193.1": krpc.Service, "192.88.99.1": krpc.Tunnel, "192.175.48.1": krpc.Service,
		"192.167.255.255": krpc.Public, "192.168.0.0": krpc.Private, "192.169.0.0": krpc.Public,
		"198.17.255.255": krpc.Public, "198.18.0.0": krpc.Benchmark, "198.19.255.255": krpc.Benchmark, "198.20.0.0": krpc.Public,
		"198.51.99.255": krpc.Public, "198.51.100.1": krpc.Documentation, "198.51.101.0": krpc.Public,
		"203.0.112.255": krpc.Public, "203.0.113.1": krpc.Documentation, "203.0.114.0": krpc.Public,
		"223.255.255.255": krpc.Public, "224.0.0.1": krpc.Multicast, "239.255.255.255": krpc.Multicast,
		"240.0.0.0": krpc.Reserved, "255.255.255.254": krpc.Reserved, "255.255.255.255": krpc.Broadcast,

		"::": krpc.Unspecified, "::1": krpc.Loopback, "::2": krpc.Translation, "::7f00:1": krpc.Translation,
		"::ffff:127.0.0.1": krpc.Translation, "::ffff:0:127.0.0.1": krpc.Translation, "0:0:1::": krpc.Reserved,
		"64:ff9b::1": krpc.Translation, "64:ff9b:0:0:0:1::": krpc.Reserved, "64:ff9b:1:ffff::": krpc.Translation, "64:ff9b:2::": krpc.Reserved,
		"100::1": krpc.Discard, "100:0:0:1::1": krpc.Reserved,
		"1fff:ffff::": krpc.Reserved, "2000::": krpc.Public, "2001::1": krpc.Tunnel, "2001:1::1": krpc.Reserved, "2001:2::1": krpc.Benchmark,
		"2001:20::1": krpc.Reserved, "2001:1ff:ffff::": krpc.Reserved, "2001:200::": krpc.Public, "2001:db7:ffff::": krpc.Public,
		"2001:db8::1": krpc.Documentation, "2001:db8:ffff::1": krpc.Documentation, "2001:db9::": krpc.Public,
		"2002:7f00:1::": krpc.Tunnel, "2003::1": krpc.Public, "2620:4f:8000::1": krpc.Service, "2620:4f:8001::1": krpc.Public,
		"2a00::1": krpc.Public, "3ffe:ffff::": krpc.Public, "3fff::1": krpc.Documentation, "3fff:fff::1": krpc.Documentation, "3fff:1000::": krpc.Public,
		"4000::": krpc.Reserved, "5f00::1": krpc.Reserved, "fbff::": krpc.Reserved,
		"fc00::1": krpc.Private, "fd12:3456::1": krpc.Private, "fe00::1": krpc.Reserved, "fe80::1": krpc.LinkLocal, "fe80::1%eth0": krpc.LinkLocal,
		"febf::1": krpc.LinkLocal, "fec0::1": krpc.SiteLocal, "feff::1": krpc.SiteLocal, "ff02::1": krpc.Multicast,
	} {
		if got := krpc.ClassOf(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s is %v, want %v", text, got, want)
		}
	}
	if got := krpc.ClassOf(netip.Addr{}); got != krpc.Unspecified {
		t.Errorf("no address is %v", got)
	}
}

func TestClasses(t *testing.T) {
	set := krpc.ClassesOf(krpc.Private, krpc.Loopback)
	if !set.Has(krpc.Private) || !set.Has(krpc.Loopback) || set.Has(krpc.Public) || set.Has(krpc.Broadcast) {
		t.Errorf("%b", set)
	}
}

func BenchmarkClassOf(b *testing.B) {
	for _, text := range []string{"8.8.8.8", "192.168.0.1", "2a00::1", "fc00::1"} {
		ip := netip.MustParseAddr(text)
		b.Run(text, func(b *testing.B) {
			for range b.N {
				krpc.ClassOf(ip)
			}
		})
	}
}
