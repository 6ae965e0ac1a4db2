package udp

import (
	"net/netip"
	"testing"
)

// An IPv4 sender that a system hands out in IPv6's form is an IPv4 sender: else its
// family, and with it the socket of the answer, would be wrong.
func TestSenderIsUnmapped(t *testing.T) {
	in := newInbox()
	for text, want := range map[string]string{
		"[::ffff:192.0.2.1]:6881": "192.0.2.1:6881",
		"192.0.2.1:6881":          "192.0.2.1:6881",
		"[2001:db8::1]:6881":      "[2001:db8::1]:6881",
		"[::192.0.2.1]:6881":      "[::c000:201]:6881", // compatible, and not mapped
	} {
		in.names[0].set(netip.MustParseAddrPort(text))
		from, _, _ := in.at(0)
		if from.String() != want || from.Addr().Is4In6() {
			t.Errorf("%s is %v, want %s", text, from, want)
		}
	}
}
