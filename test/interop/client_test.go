package interop

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
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

// ours is lightdht's place among the addresses.
const ours = 109

func libtorrentCommand() ([]string, error) {
	const python = "/usr/bin/python3" // Debian's own: the bindings are a Debian package
	if out, err := exec.Command(python, "-c", "import libtorrent").CombinedOutput(); err != nil {
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

// addrs returns n loopback addresses that no other node of this run has, nor of another run at the same time.
func addrs(network, n int) []string {
	list := make([]string, n)
	for i := range list {
		host := lastHost.Add(1)
		list[i] = fmt.Sprintf("127.%d.%d.%d:6881", network, 1+(os.Getpid()+int(host/250))%250, 1+host%250)
	}
	return list
}

var lastHost atomic.Int64

// host is an address without its port.
func host(addr string) string {
	return addr[:strings.LastIndexByte(addr, ':')]
}
