package bridge

import (
	"strconv"
	"strings"
	"testing"

	"github.com/lightdht/lightdht/test/interop/netns"
)

// Of the router, and of what is behind it: 10.77.128.0/24.
const (
	routerAddr = "10.77.2.1"
	insideAddr = "10.77.128.2"
)

// Rows of addresses.
const (
	residentRow = 10 // nodes of ours that stay, the hub first
	clientRow   = 30 // the clients
	plainRow    = 50 // nodes of ours that join through one client each
	lossyRow    = 70 // the same with loss
	announcer   = 9  // announces a torrent for each client
)

// lose drops one datagram in twenty, both ways.
func lose(t *testing.T, h netns.Host) {
	t.Helper()
	for _, chain := range []string{"INPUT", "OUTPUT"} {
		h.In(t, "iptables -A "+chain+" -p udp -m statistic --mode random --probability 0.05 -j DROP")
	}
}

// dropped is how many datagrams got lost there.
func dropped(t *testing.T, h netns.Host) (n int) {
	t.Helper()
	for _, line := range strings.Split(h.In(t, "iptables -L -v -n -x"), "\n") {
		if words := strings.Fields(line); len(words) > 2 && words[2] == "DROP" {
			packets, err := strconv.Atoi(words[0])
			if err != nil {
				t.Fatalf("%v in %q", err, line)
			}
			n += packets
		}
	}
	t.Logf("%d datagrams got lost at %s", n, h.Name)
	return n
}

// behindNAT makes a host behind a router, which lets in what comes from where something was sent
// to, address and port.
func behindNAT(t *testing.T) netns.Host {
	t.Helper()
	router, h := netns.OnBridge(t, "router", routerAddr), netns.NewHost(t, "inside")
	netns.IP(t, "-n router link add lan type veth peer name eth0 netns inside")
	netns.IP(t, "-n router addr add 10.77.128.1/24 dev lan")
	netns.IP(t, "-n router link set lan up")
	netns.IP(t, "-n inside addr add "+insideAddr+"/24 dev eth0")
	netns.IP(t, "-n inside link set eth0 up")
	netns.IP(t, "-n inside route add default via 10.77.128.1")
	router.In(t, "sysctl -q -w net.ipv4.ip_forward=1")
	router.In(t, "iptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE")
	router.In(t, "iptables -A FORWARD -i eth0 -m state --state RELATED,ESTABLISHED -j ACCEPT")
	router.In(t, "iptables -A FORWARD -i eth0 -j DROP")
	router.In(t, "iptables -A INPUT -i eth0 -p udp -j DROP")
	return h
}
