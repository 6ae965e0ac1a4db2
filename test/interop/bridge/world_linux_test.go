package bridge

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// The plan of the network. The bridge is 10.77.0.0/17, with a /24 for each node, as there are limits on how many a
// table takes of one; behind the router is 10.77.128.0/24.
const (
	stranger   = "10.77.0.1" // this process, which is no node
	routerAddr = "10.77.2.1"
	insideAddr = "10.77.128.2"
)

// addrOf is the address of the nth of a row of nodes.
func addrOf(row, n int) string { return fmt.Sprintf("10.77.%d.1", row+n) }

// Rows of addresses.
const (
	residentRow = 10 // nodes of ours that stay, the hub first
	clientRow   = 30 // the clients
	plainRow    = 50 // nodes of ours that join through one client each
	lossyRow    = 70 // the same with loss
	announcer   = 9  // announces a torrent for each client
)

// prepare makes the namespaces of this process usable: processes and names of their own, and the well-known routers,
// which some clients cannot be talked out of, are our hub.
func prepare(t *testing.T, hub string) {
	t.Helper()
	mount(t, "none", "/", "", syscall.MS_REC|syscall.MS_PRIVATE)
	mount(t, "proc", "/proc", "proc", 0)
	mount(t, "none", "/run", "tmpfs", 0)
	hosts := filepath.Join(t.TempDir(), "hosts")
	text := "127.0.0.1 localhost\n" + hub + " router.bittorrent.com router.utorrent.com dht.transmissionbt.com dht.libtorrent.org\n"
	write(t, hosts, text)
	mount(t, hosts, "/etc/hosts", "", syscall.MS_BIND)
	t.Cleanup(func() { syscall.Unmount("/etc/hosts", syscall.MNT_DETACH) })
	ip(t, "link set lo up")
	ip(t, "link add "+bridgeName+" type bridge")
	ip(t, "addr add "+stranger+"/17 dev "+bridgeName)
	ip(t, "link set "+bridgeName+" up")
}

func mount(t *testing.T, source, target, kind string, flags uintptr) {
	t.Helper()
	if err := syscall.Mount(source, target, kind, flags, ""); err != nil {
		t.Fatalf("mounting %s on %s: %v", source, target, err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func ip(t *testing.T, args string) { t.Helper(); command(t, "ip "+args) }

// command runs a command of words without spaces, and returns what it prints.
func command(t *testing.T, line string) string {
	t.Helper()
	words := strings.Fields(line)
	out, err := exec.Command(words[0], words[1:]...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}

// A host is a network namespace with a cable.
type host struct {
	name  string
	until *testing.T // its programs end with this test
}

// newHost makes one without a cable.
func newHost(t *testing.T, name string) host {
	t.Helper()
	ip(t, "netns add "+name)
	ip(t, "-n "+name+" link set lo up")
	return host{name: name, until: t}
}

// onBridge makes one with addresses on the bridge.
func onBridge(t *testing.T, name string, addrs ...string) host {
	t.Helper()
	h := newHost(t, name)
	port := portPrefix + name[:min(len(name), 12)] // names of interfaces are short
	ip(t, "link add "+port+" type veth peer name eth0 netns "+name)
	ip(t, "link set "+port+" master "+bridgeName+" up")
	for _, addr := range addrs {
		ip(t, "-n "+name+" addr add "+addr+"/17 dev eth0")
	}
	ip(t, "-n "+name+" link set eth0 up")
	return h
}

const (
	bridgeName = "br0"
	portPrefix = "v-" // of the names of the bridge's ports
)

// in runs a command there.
func (h host) in(t *testing.T, line string) string {
	t.Helper()
	return command(t, "ip netns exec "+h.name+" "+line)
}

// lose drops one datagram in twenty, both ways.
func (h host) lose(t *testing.T) {
	t.Helper()
	for _, chain := range []string{"INPUT", "OUTPUT"} {
		h.in(t, "iptables -A "+chain+" -p udp -m statistic --mode random --probability 0.05 -j DROP")
	}
}

// dropped is how many datagrams got lost there.
func (h host) dropped(t *testing.T) (n int) {
	t.Helper()
	for _, line := range strings.Split(h.in(t, "iptables -L -v -n -x"), "\n") {
		if words := strings.Fields(line); len(words) > 2 && words[2] == "DROP" {
			packets, err := strconv.Atoi(words[0])
			if err != nil {
				t.Fatalf("%v in %q", err, line)
			}
			n += packets
		}
	}
	t.Logf("%d datagrams got lost at %s", n, h.name)
	return n
}

// behindNAT makes a host behind a router, which lets in what comes from where something was sent to, address and port.
func behindNAT(t *testing.T) host {
	t.Helper()
	router, h := onBridge(t, "router", routerAddr), newHost(t, "inside")
	ip(t, "-n router link add lan type veth peer name eth0 netns inside")
	ip(t, "-n router addr add 10.77.128.1/24 dev lan")
	ip(t, "-n router link set lan up")
	ip(t, "-n inside addr add "+insideAddr+"/24 dev eth0")
	ip(t, "-n inside link set eth0 up")
	ip(t, "-n inside route add default via 10.77.128.1")
	router.in(t, "sysctl -q -w net.ipv4.ip_forward=1")
	router.in(t, "iptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE")
	router.in(t, "iptables -A FORWARD -i eth0 -m state --state RELATED,ESTABLISHED -j ACCEPT")
	router.in(t, "iptables -A FORWARD -i eth0 -j DROP")
	router.in(t, "iptables -A INPUT -i eth0 -p udp -j DROP")
	return h
}
