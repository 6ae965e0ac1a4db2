package krpc

import (
	"net/netip"
	"slices"
)

// Class is the kind of an IP address, as far as a DHT is concerned.
type Class uint8

// The classes. A node of the public DHT has an address that is Public; those of a network of one's
// own may be Private or Loopback. No node is looked for at an address of another class.
const (
	Reserved      Class = iota // reserved, or not assigned yet
	Public                     // reached from everywhere
	Private                    // of a network behind a router (RFC 1918, RFC 4193)
	Loopback                   // this machine
	LinkLocal                  // of one cable (RFC 3927, RFC 4291)
	SiteLocal                  // IPv6's private addresses before fc00::/7 (RFC 3879)
	CarrierNAT                 // between a provider and its customers (RFC 6598)
	Documentation              // for manuals (RFC 5737, RFC 3849, RFC 9637)
	Benchmark                  // for measuring equipment (RFC 2544, RFC 5180)
	Translation                // stands for an IPv4 address (RFC 4291, RFC 6052, RFC 8215)
	Tunnel                     // leads through a tunnel (RFC 3056, RFC 4380, RFC 7526)
	Service                    // of one service of the network's own, at any of its servers
	Discard                    // a sink (RFC 6666)
	Unspecified                // "this network" (RFC 1122): no address of another
	Multicast                  // a group
	Broadcast                  // all hosts of the local network
	classes
)

// classNames are the names of the classes in messages.
var classNames = [classes]string{
	Reserved: "a reserved address", Public: "a public address", Private: "a private address", Loopback: "a loopback address",
	LinkLocal: "a link-local address", SiteLocal: "a site-local address", CarrierNAT: "an address behind a provider's NAT",
	Documentation: "an address of documentation", Benchmark: "an address for benchmarks", Translation: "an address that stands for an IPv4 one",
	Tunnel: "an address of a tunnel", Service: "an address of a service of the network itself", Discard: "an address of a sink",
	Unspecified: "no address of another", Multicast: "a multicast address", Broadcast: "a broadcast address",
}

// String is what messages call an address of the class: "a public address".
func (c Class) String() string { return classNames[min(c, classes-1)] }

// special are the ranges that are not Public, the narrower first: the registries of
// IANA, "IPv4 Special-Purpose Address Space" and "IPv6 Special-Purpose Address Space"
// (RFC 6890, as of 2025), and what RFC 4291 says of the space of IPv6 as a whole.
var (
	special4 = []specialRange{
		{netip.MustParsePrefix("0.0.0.0/8"), Unspecified},
		{netip.MustParsePrefix("10.0.0.0/8"), Private},
		{netip.MustParsePrefix("100.64.0.0/10"), CarrierNAT},
		{netip.MustParsePrefix("127.0.0.0/8"), Loopback},
		{netip.MustParsePrefix("169.254.0.0/16"), LinkLocal},
		{netip.MustParsePrefix("172.16.0.0/12"), Private},
		{netip.MustParsePrefix("192.0.2.0/24"), Documentation},
		{netip.MustParsePrefix("192.0.0.0/24"), Reserved},   // IETF protocol assignments (RFC 6890)
		{netip.MustParsePrefix("192.31.196.0/24"), Service}, // AS112 (RFC 7535)
		{netip.MustParsePrefix("192.52.193.0/24"), Service}, // AMT relays (RFC 7450)
		{netip.MustParsePrefix("192.88.99.0/24"), Tunnel},   // 6to4 relays, given up (RFC 7526)
		{netip.MustParsePrefix("192.168.0.0/16"), Private},
		{netip.MustParsePrefix("192.175.48.0/24"), Service}, // AS112 (RFC 7534)
		{netip.MustParsePrefix("198.18.0.0/15"), Benchmark},
		{netip.MustParsePrefix("198.51.100.0/24"), Documentation},
		{netip.MustParsePrefix("203.0.113.0/24"), Documentation},
		{netip.MustParsePrefix("224.0.0.0/4"), Multicast},
		{netip.MustParsePrefix("255.255.255.255/32"), Broadcast},
		{netip.MustParsePrefix("240.0.0.0/4"), Reserved},
	}
	special6 = []specialRange{
		{netip.MustParsePrefix("::/128"), Unspecified},
		{netip.MustParsePrefix("::1/128"), Loopback},
		{netip.MustParsePrefix("::/96"), Translation},           // compatible to IPv4, given up
		{netip.MustParsePrefix("::ffff:0:0/96"), Translation},   // mapped from IPv4
		{netip.MustParsePrefix("::ffff:0:0:0/96"), Translation}, // translated from IPv4 (RFC 2765)
		{netip.MustParsePrefix("64:ff9b::/96"), Translation},
		{netip.MustParsePrefix("64:ff9b:1::/48"), Translation},
		{netip.MustParsePrefix("100::/64"), Discard},
		{netip.MustParsePrefix("2001::/32"), Tunnel}, // Teredo
		{netip.MustParsePrefix("2001:2::/48"), Benchmark},
		{netip.MustParsePrefix("2001::/23"), Reserved}, // IETF protocol assignments: ORCHID and others
		{netip.MustParsePrefix("2001:db8::/32"), Documentation},
		{netip.MustParsePrefix("2002::/16"), Tunnel}, // 6to4
		{netip.MustParsePrefix("2620:4f:8000::/48"), Service},
		{netip.MustParsePrefix("3fff::/20"), Documentation},
		{netip.MustParsePrefix("2000::/3"), Public}, // all that has been given out so far
		{netip.MustParsePrefix("fc00::/7"), Private},
		{netip.MustParsePrefix("fe80::/10"), LinkLocal},
		{netip.MustParsePrefix("fec0::/10"), SiteLocal},
		{netip.MustParsePrefix("ff00::/8"), Multicast},
		{netip.MustParsePrefix("::/0"), Reserved},
	}
)

// specialRange is a row of a registry.
type specialRange struct {
	prefix netip.Prefix
	class  Class
}

// mixed, in the place of a class, says that addresses with the same first byte are of different
// classes.
const mixed = classes

// first4 and first6 are the classes by the first byte of an address: most have one only.
var first4, first6 = byFirst(special4), byFirst(special6)

func byFirst(registry []specialRange) (class [256]Class) {
	for b := range class {
		class[b] = Public
		for _, s := range slices.Backward(registry) {
			begin := int(s.prefix.Addr().AsSlice()[0])
			if free := 8 - s.prefix.Bits(); free < 0 && begin == b {
				class[b] = mixed
				break
			} else if free >= 0 && begin == b>>free<<free {
				class[b] = s.class
			}
		}
	}
	return class
}

// ClassOf returns the class of an address. One that is mapped from IPv4 is not that
// IPv4 address. The zero value of netip.Addr is Unspecified.
func ClassOf(ip netip.Addr) Class {
	registry := special6
	switch {
	case !ip.IsValid():
		return Unspecified
	case ip.Is4():
		if c := first4[ip.As4()[0]]; c != mixed {
			return c
		}
		registry = special4
	case ip.Is4In6(): // which no prefix contains
		return Translation
	default:
		if c := first6[ip.As16()[0]]; c != mixed {
			return c
		}
		ip = ip.WithZone("")
	}
	for i := range registry {
		if registry[i].prefix.Contains(ip) {
			return registry[i].class
		}
	}
	return Public
}

// Classes is a set of classes.
type Classes uint32

// ClassesOf makes a set.
func ClassesOf(all ...Class) (set Classes) {
	for _, c := range all {
		set |= 1 << c
	}
	return set
}

// Has reports whether c is in the set.
func (s Classes) Has(c Class) bool { return s>>c&1 != 0 }
