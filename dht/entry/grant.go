package entry

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/lightdht/lightdht/dht"
)

// ParseGrant reads CIDR, CIDR:PORTS or, of IPv6, [CIDR]:PORTS; PORTS is a port or a range, by
// default from [dht.FirstPort] on. A single address is a CIDR of one.
func ParseGrant(text string) (g dht.Grant, err error) {
	cidr, ports, hasPorts := text, "", false
	if inside, rest, ok := strings.Cut(strings.TrimPrefix(text, "["), "]"); ok && strings.HasPrefix(text, "[") {
		cidr = inside
		if ports, hasPorts = strings.CutPrefix(rest, ":"); !hasPorts && rest != "" {
			return g, fmt.Errorf("CIDR[:PORTS] is needed, as in [fd00::/8]:6881, got %q", text)
		}
	} else if strings.Count(text, ":") == 1 {
		cidr, ports, hasPorts = strings.Cut(text, ":")
	}
	if g.Prefix, err = parsePrefix(cidr); err != nil {
		return g, err
	}
	g.First, g.Last = dht.FirstPort, 65535
	if hasPorts {
		g.First, g.Last, err = parsePorts(ports)
	}
	return g, err
}

func parsePrefix(text string) (netip.Prefix, error) {
	if ip, err := netip.ParseAddr(text); err == nil && ip.Zone() == "" {
		text = netip.PrefixFrom(ip, ip.BitLen()).String()
	}
	p, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return p, fmt.Errorf("a range of addresses is needed, as in 10.0.0.0/8 or fd00::/8 (with ports: [fd00::/8]:6881), got %q", text)
	case p.Addr().Is4In6():
		return p, fmt.Errorf("%s is IPv4 in the dress of IPv6; write it as IPv4, as in %v/%d", text, p.Addr().Unmap(), max(p.Bits()-96, 0))
	case p != p.Masked():
		return p, fmt.Errorf("%s is not the beginning of its range; %v is", text, p.Masked())
	}
	return p, nil
}

func parsePorts(text string) (first, last uint16, err error) {
	from, to, isRange := strings.Cut(text, "-")
	if !isRange {
		to = from
	}
	a, errA := strconv.ParseUint(from, 10, 16)
	b, errB := strconv.ParseUint(to, 10, 16)
	if errA != nil || errB != nil || a == 0 || b < a {
		return 0, 0, fmt.Errorf("ports are a number from 1 to 65535, or a range as in 6881-6999, got %q", text)
	}
	return uint16(a), uint16(b), nil
}
