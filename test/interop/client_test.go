package interop

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// A client is another implementation of the DHT, and how its peer program is started.
type client struct {
	name    string
	network int                      // the second byte of its nodes' addresses
	command func() ([]string, error) // an error says what to install
}

var (
	libtorrent    = client{"libtorrent", 101, libtorrentCommand}
	bittorrentDHT = client{"bittorrent-dht", 102, bittorrentDHTCommand}
	anacrolix     = client{"anacrolix", 103, anacrolixCommand}

	clients = []client{libtorrent, bittorrentDHT, anacrolix}
)

// Further second bytes of addresses.
const (
	ours   = 109 // lightdht's nodes
	claims = 100 // see addressSpace
)

func libtorrentCommand() ([]string, error) {
	const python = "/usr/bin/python3" // Debian's own: the bindings are a Debian package
	// Isolated, or it would find the directory of that name here.
	if out, err := exec.Command(python, "-I", "-c", "import libtorrent").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s has no libtorrent (apt-get install python3-libtorrent): %v\n%s", python, err, out)
	}
	return []string{python, "libtorrent/peer.py"}, nil
}

func bittorrentDHTCommand() ([]string, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, fmt.Errorf("no Node.js (apt-get install nodejs npm): %w", err)
	}
	if _, err := os.Stat("bittorrent-dht/node_modules/bittorrent-dht"); err != nil {
		return nil, fmt.Errorf("bittorrent-dht is not installed (npm ci in test/interop/bittorrent-dht): %w", err)
	}
	return []string{node, "bittorrent-dht/peer.js"}, nil
}

func anacrolixCommand() ([]string, error) {
	program, err := anacrolixProgram()
	return []string{program}, err
}

// require returns the command that starts the client, or skips the test where it is not installed.
func (c client) require(t *testing.T) []string {
	t.Helper()
	command, err := c.command()
	if err == nil {
		return command
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s: %v", c.name, err)
	}
	t.Skipf("%s: %v", c.name, err)
	return nil
}

// addrs returns n loopback addresses that no other node of this run has, nor of another run at the
// same time.
func addrs(t *testing.T, network, n int) []string {
	t.Helper()
	space.Lock()
	defer space.Unlock()
	list := make([]string, n)
	for i := range list {
		if space.block == 0 || space.used == hostsInBlock {
			space.claim(t)
		}
		space.used++
		list[i] = fmt.Sprintf("127.%d.%d.%d:6881", network, space.block, space.used)
	}
	return list
}

// addrs6 returns n of those on ::1, which differ in their ports. The system gives none of these
// away by itself.
func addrs6(t *testing.T, n int) []string {
	t.Helper()
	needIPv6(t)
	space.Lock()
	defer space.Unlock()
	if space.block == 0 {
		space.claim(t)
	}
	list := make([]string, n)
	for i := range list {
		if space.used6 == portsInBlock {
			space.claim(t)
		}
		space.used6++
		list[i] = fmt.Sprintf("[::1]:%d", 2000+portsInBlock*space.block+space.used6)
	}
	return list
}

// needIPv6 skips the test where there is no ::1.
func needIPv6(t *testing.T) {
	t.Helper()
	conn, err := net.ListenPacket("udp6", "[::1]:0")
	if err == nil {
		conn.Close()
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("the loopback interface has no IPv6: %v", err)
	}
	t.Skipf("the loopback interface has no IPv6: %v", err)
}

// space is the part of the loopback network that belongs to this run: all addresses with the third
// byte block.
var space addressSpace

const (
	hostsInBlock = 250
	portsInBlock = 100
)

type addressSpace struct {
	sync.Mutex
	block, used int
	used6       int
	claims      []net.Listener // keep other runs out as long as this process lives
}

// claim takes a block that nobody has. Sockets that share an address would not do as a sign: UDP
// lets libtorrent bind one that is taken, and then each gets half of the answers.
func (s *addressSpace) claim(t *testing.T) {
	t.Helper()
	for s.block++; s.block <= 255; s.block++ {
		claim, err := net.Listen("tcp4", fmt.Sprintf("127.%d.%d.1:6881", claims, s.block))
		if err == nil {
			s.claims = append(s.claims, claim)
			s.used, s.used6 = 0, 0
			return
		}
	}
	t.Fatal("no addresses left: 255 runs at once?")
}

// host is an address without its port.
func host(addr string) string {
	return addr[:strings.LastIndexByte(addr, ':')]
}
