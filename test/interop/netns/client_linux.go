package netns

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A Client is a program that is a member of the DHT.
type Client struct {
	Name string
	// Requires skips the test where the program is not installed.
	Requires func(t *testing.T)
	// Version is that of the program that runs.
	Version func(t *testing.T, p *Process) string
	// Start lets it enter through these addresses, of which most clients take the first.
	Start func(t *testing.T, g *Guest, entries []string) *Process
}

// A Guest is where a client runs.
type Guest struct {
	Home Host
	Addr netip.AddrPort
	Dir  string
}

// Clients as Debian, npm and the Go module have them.
var (
	Transmission  = Client{"transmission", programs("transmission-daemon", "transmission-daemon"), printed("transmission-daemon", "-V"), startTransmission}
	RTorrent      = Client{"rtorrent", programs("rtorrent", "rtorrent"), printed("rtorrent", "-h"), startRTorrent}
	Aria2         = Client{"aria2", programs("aria2c", "aria2"), printed("aria2c", "--version"), startAria2}
	QBittorrent   = Client{"qbittorrent", programs("qbittorrent-nox", "qbittorrent-nox"), printed("qbittorrent-nox", "--version"), startQBittorrent}
	Libtorrent    = Client{"libtorrent", libtorrent, greeted, startPeer("/usr/bin/python3", "../libtorrent/peer.py", "--log")}
	BittorrentDHT = Client{"bittorrent-dht", bittorrentDHT, greeted, startPeer("node", "../bittorrent-dht/peer.js", "--log")}
	Anacrolix     = Client{"anacrolix", func(*testing.T) {}, greeted, startAnacrolix}
)

func programs(program, pkg string) func(*testing.T) {
	return func(t *testing.T) { t.Helper(); Need(t, program, pkg) }
}

func libtorrent(t *testing.T) {
	t.Helper()
	if err := exec.Command("/usr/bin/python3", "-I", "-c", "import libtorrent").Run(); err != nil {
		Missing(t, "no libtorrent for Python (apt-get install python3-libtorrent): %v", err)
	}
}

func bittorrentDHT(t *testing.T) {
	t.Helper()
	Need(t, "node", "nodejs")
	if _, err := os.Stat("../bittorrent-dht/node_modules/bittorrent-dht"); err != nil {
		Missing(t, "no bittorrent-dht (npm ci in test/interop/bittorrent-dht)")
	}
}

// number is a version as programs write it.
var number = regexp.MustCompile(`[0-9]+\.[0-9][0-9A-Za-z.-]*[0-9A-Za-z]`)

// printed is the version that a command prints first.
func printed(program, flag string) func(*testing.T, *Process) string {
	return func(t *testing.T, _ *Process) string {
		t.Helper()
		return number.FindString(Command(t, program+" "+flag))
	}
}

// greeted is the version that a peer program gives when it is ready.
func greeted(t *testing.T, p *Process) string {
	t.Helper()
	ready := p.answers(t, func(a Answer) bool { return a.Ready })
	return number.FindString(ready.Client)
}

// Path is that of a file of the client.
func (g *Guest) Path(name string) string { return filepath.Join(g.Dir, name) }

// startTransmission lets it enter through all entries: it announces nothing before it knows nine.
func startTransmission(t *testing.T, g *Guest, entries []string) *Process {
	t.Helper()
	Write(t, g.Path("settings.json"), fmt.Sprintf(`{"dht-enabled": true, "lpd-enabled": false, "pex-enabled": false,
		"utp-enabled": false, "port-forwarding-enabled": false, "peer-port": %d, "bind-address-ipv4": "%s",
		"rpc-port": 9091, "rpc-whitelist-enabled": false, "rpc-host-whitelist-enabled": false,
		"download-dir": "%s", "message-level": 3}`, g.Addr.Port(), g.Addr.Addr(), g.Dir))
	Write(t, g.Path("dht.bootstrap"), strings.ReplaceAll(strings.Join(entries, "\n"), ":", " ")+"\n")
	return g.Home.Start(t, "transmission", []string{"TR_DHT_VERBOSE=1"}, "transmission-daemon", "-f", "-g", g.Dir)
}

// startRTorrent lets it enter through all entries: it looks for no others within some minutes.
func startRTorrent(t *testing.T, g *Guest, entries []string) *Process {
	t.Helper()
	var nodes []string
	for i, entry := range entries {
		nodes = append(nodes, fmt.Sprintf(`schedule2 = enter%d, 1, 0, "dht.add_node=%s"`, i, entry))
	}
	for _, dir := range []string{"session", "share"} {
		Write(t, g.Path(dir+"/.keep"), "")
	}
	Write(t, g.Path("rc"), fmt.Sprintf(`
system.daemon.set = true
session.path.set = %[1]s/session
directory.default.set = %[1]s
network.bind_address.set = %[2]s
network.port_range.set = %[3]d-%[3]d
network.port_random.set = no
dht.mode.set = on
dht.port.set = %[3]d
protocol.pex.set = no
trackers.use_udp.set = no
log.open_file = "all", "/dev/stderr"
log.add_output = "dht_all", "all"
log.add_output = "tracker_debug", "all"
%[4]s
schedule2 = share, 1, 1, "load.start=%[1]s/share/*.torrent"
`, g.Dir, g.Addr.Addr(), g.Addr.Port(), strings.Join(nodes, "\n")))
	return g.Home.Start(t, "rtorrent", []string{"HOME=" + g.Dir}, "rtorrent", "-n", "-o", "import="+g.Path("rc"))
}

// startAria2 gives it a torrent of nobody's: without one, it has no DHT.
func startAria2(t *testing.T, g *Guest, entries []string) *Process {
	t.Helper()
	port := fmt.Sprint(g.Addr.Port())
	return g.Home.Start(t, "aria2", nil, "aria2c", "--no-conf", "--dir="+g.Dir, "--enable-dht=true", "--enable-dht6=false",
		"--dht-listen-port="+port, "--listen-port="+port, "--dht-entry-point="+entries[0], "--dht-file-path="+g.Path("dht.dat"),
		"--bt-enable-lpd=false", "--enable-peer-exchange=false", "--interface="+g.Addr.Addr().String(),
		"--log=/dev/stderr", "--log-level=info", "--enable-rpc", "--rpc-listen-all", "--rpc-listen-port=6800",
		"magnet:?xt=urn:btih:"+strings.Repeat("a5", 20))
}

func startQBittorrent(t *testing.T, g *Guest, _ []string) *Process {
	t.Helper()
	Write(t, g.Path("qBittorrent/config/qBittorrent.conf"), fmt.Sprintf(`
[LegalNotice]
Accepted=true

[BitTorrent]
Session\DHTEnabled=true
Session\LSDEnabled=false
Session\PeXEnabled=false
Session\Port=%d
Session\Interface=eth0
Session\InterfaceName=eth0
Session\InterfaceAddress=%s

[Network]
PortForwardingEnabled=false

[Preferences]
WebUI\AuthSubnetWhitelist=%s/32
WebUI\AuthSubnetWhitelistEnabled=true
WebUI\Port=8080
WebUI\CSRFProtection=false
WebUI\HostHeaderValidation=false
WebUI\UseUPnP=false
`, g.Addr.Port(), g.Addr.Addr(), Stranger))
	return g.Home.Start(t, "qbittorrent", []string{"HOME=" + g.Dir}, "qbittorrent-nox", "--profile="+g.Dir)
}

// startPeer starts one of the peer programs of test/interop.
func startPeer(words ...string) func(*testing.T, *Guest, []string) *Process {
	return func(t *testing.T, g *Guest, entries []string) *Process {
		t.Helper()
		words := append(words, "--listen", g.Addr.String(), "--bootstrap", entries[0])
		p := g.Home.Start(t, words[0], nil, words...)
		p.Ready(t)
		return p
	}
}

func startAnacrolix(t *testing.T, g *Guest, entries []string) *Process {
	t.Helper()
	return startPeer(Program("anacrolix"), "--log")(t, g, entries)
}
