package netns

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// The plan of the network. The bridge is 10.77.0.0/17, with a /24 for each node, as there are
// limits on how many a table takes of one.
const (
	Stranger   = "10.77.0.1" // this process, which is no node
	BridgeName = "br0"
	PortPrefix = "v-" // of the names of the bridge's ports
)

// AddrOf is the address of the nth of a row of nodes.
func AddrOf(row, n int) string { return fmt.Sprintf("10.77.%d.1", row+n) }

// Prepare makes the namespaces of this process usable: processes and names of their own, and the
// well-known routers, which some clients cannot be talked out of, are our hub.
func Prepare(t *testing.T, hub string) {
	t.Helper()
	mount(t, "none", "/", "", syscall.MS_REC|syscall.MS_PRIVATE)
	mount(t, "proc", "/proc", "proc", 0)
	mount(t, "none", "/run", "tmpfs", 0)
	hosts := filepath.Join(t.TempDir(), "hosts")
	text := "127.0.0.1 localhost\n" + hub + " router.bittorrent.com router.utorrent.com dht.transmissionbt.com dht.libtorrent.org\n"
	Write(t, hosts, text)
	mount(t, hosts, "/etc/hosts", "", syscall.MS_BIND)
	t.Cleanup(func() { syscall.Unmount("/etc/hosts", syscall.MNT_DETACH) })
	IP(t, "link set lo up")
	IP(t, "link add "+BridgeName+" type bridge")
	IP(t, "addr add "+Stranger+"/17 dev "+BridgeName)
	IP(t, "link set "+BridgeName+" up")
}

func mount(t *testing.T, source, target, kind string, flags uintptr) {
	t.Helper()
	if err := syscall.Mount(source, target, kind, flags, ""); err != nil {
		t.Fatalf("mounting %s on %s: %v", source, target, err)
	}
}

func Write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func IP(t *testing.T, args string) { t.Helper(); Command(t, "ip "+args) }

// Command runs a command of words without spaces, and returns what it prints.
func Command(t *testing.T, line string) string {
	t.Helper()
	words := strings.Fields(line)
	out, err := exec.Command(words[0], words[1:]...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}

// A host is a network namespace with a cable.
type Host struct {
	Name  string
	Until *testing.T // its programs end with this test
}

// NewHost makes one without a cable.
func NewHost(t *testing.T, name string) Host {
	t.Helper()
	IP(t, "netns add "+name)
	IP(t, "-n "+name+" link set lo up")
	return Host{Name: name, Until: t}
}

// OnBridge makes one with addresses on the bridge.
func OnBridge(t *testing.T, name string, addrs ...string) Host {
	t.Helper()
	h := NewHost(t, name)
	port := PortPrefix + name[:min(len(name), 12)] // names of interfaces are short
	IP(t, "link add "+port+" type veth peer name eth0 netns "+name)
	IP(t, "link set "+port+" master "+BridgeName+" up")
	for _, addr := range addrs {
		IP(t, "-n "+name+" addr add "+addr+"/17 dev eth0")
	}
	IP(t, "-n "+name+" link set eth0 up")
	return h
}

// In runs a command there.
func (h Host) In(t *testing.T, line string) string {
	t.Helper()
	return Command(t, "ip netns exec "+h.Name+" "+line)
}
