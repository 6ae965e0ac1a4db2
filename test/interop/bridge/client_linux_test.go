package bridge

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

// A client is a program that is a member of the DHT, and how it is used here.
type client struct {
	name     string
	requires func(t *testing.T)
	// start lets it enter through the hub.
	start func(t *testing.T, g *guest, hub string) *process
	// share has it announce its torrent and look for the peers of that, one of which we have announced.
	share func(t *testing.T, g *guest, peer netip.AddrPort)
	// finds reports whether it has found a peer of its torrent.
	finds func(t *testing.T, g *guest, peer netip.AddrPort) bool
	// complaint is what it logs of a packet that is not as it should be; nil if it logs nothing of that.
	complaint *regexp.Regexp
	// swaps says that it gives out the ports of peers with their bytes exchanged.
	swaps bool
}

// A guest is a client that runs.
type guest struct {
	client
	*process
	home host
	addr netip.AddrPort
	hash string // of its torrent
	dir  string
	ours *capture

	visitors []*process // nodes of ours that joined through it: plainly, behind NAT, with loss
}

var clients = []client{
	{name: "transmission", requires: programs("transmission-daemon", "transmission-daemon"), start: startTransmission,
		share: shareWithTransmission, finds: callsPeer,
		complaint: regexp.MustCompile(`Unparseable message|Broken node|lacklist|rate limiting`)},
	{name: "rtorrent", requires: programs("rtorrent", "rtorrent"), start: startRTorrent,
		share: shareWithRTorrent, finds: logsPeers, swaps: true},
	{name: "aria2", requires: programs("aria2c", "aria2"), start: startAria2,
		share: shareWithAria2, finds: callsPeer, complaint: regexp.MustCompile(`thrown while receiving DHT message|Malformed DHT message`)},
	{name: "qbittorrent", requires: programs("qbittorrent-nox", "qbittorrent-nox"), start: startQBittorrent,
		share: shareWithQBittorrent, finds: callsPeer},
	{name: "libtorrent", requires: libtorrent, start: startPeer("/usr/bin/python3", "../libtorrent/peer.py", "--log"),
		share: searchAndAnnounce, finds: found, complaint: regexp.MustCompile(`transaction id size|BANNING|invalid|missing|malformed`)},
	{name: "bittorrent-dht", requires: bittorrentDHT, start: startPeer("node", "../bittorrent-dht/peer.js", "--log"),
		share: searchAndAnnounce, finds: found, complaint: regexp.MustCompile(`warning: Invalid data`)},
	{name: "anacrolix", requires: func(*testing.T) {}, start: startAnacrolix,
		share: searchAndAnnounce, finds: found, complaint: regexp.MustCompile(`bad krpc message`)},
}

func programs(program, pkg string) func(*testing.T) {
	return func(t *testing.T) { t.Helper(); need(t, program, pkg) }
}

func libtorrent(t *testing.T) {
	t.Helper()
	if err := exec.Command("/usr/bin/python3", "-I", "-c", "import libtorrent").Run(); err != nil {
		missing(t, "no libtorrent for Python (apt-get install python3-libtorrent): %v", err)
	}
}

func bittorrentDHT(t *testing.T) {
	t.Helper()
	need(t, "node", "nodejs")
	if _, err := os.Stat("../bittorrent-dht/node_modules/bittorrent-dht"); err != nil {
		missing(t, "no bittorrent-dht (npm ci in test/interop/bittorrent-dht)")
	}
}

// found is for those that are asked, by searchAndAnnounce.
func found(*testing.T, *guest, netip.AddrPort) bool { return true }

// callsPeer is for those that only use what they find: they call the peer.
func callsPeer(_ *testing.T, g *guest, peer netip.AddrPort) bool {
	return g.ours.calls(g.addr.Addr(), peer)
}

// logsPeers is for rTorrent, which calls nobody for a torrent that it has nothing of yet, but logs how many peers it was
// told. Nobody but us has announced this one by then.
func logsPeers(_ *testing.T, g *guest, _ netip.AddrPort) bool {
	received := regexp.MustCompile(`received [1-9][0-9]* peers \(url:dht://\)`)
	return len(g.stderr.matching(received.MatchString)) > 0
}

func (g *guest) path(name string) string { return filepath.Join(g.dir, name) }

func (g *guest) magnet() string { return "magnet:?xt=urn:btih:" + g.hash }

// startTransmission lets it enter through all our nodes that stay: it announces nothing before it knows nine.
func startTransmission(t *testing.T, g *guest, _ string) *process {
	t.Helper()
	write(t, g.path("settings.json"), fmt.Sprintf(`{"dht-enabled": true, "lpd-enabled": false, "pex-enabled": false,
		"utp-enabled": false, "port-forwarding-enabled": false, "peer-port": %d, "bind-address-ipv4": "%s",
		"rpc-port": 9091, "rpc-whitelist-enabled": false, "rpc-host-whitelist-enabled": false,
		"download-dir": "%s", "message-level": 3}`, g.addr.Port(), g.addr.Addr(), g.dir))
	write(t, g.path("dht.bootstrap"), strings.Join(rowOf(residentRow, residents), " 6881\n")+" 6881\n")
	return g.home.start(t, g.name, []string{"TR_DHT_VERBOSE=1"}, "transmission-daemon", "-f", "-g", g.dir)
}

func startRTorrent(t *testing.T, g *guest, hub string) *process {
	t.Helper()
	for _, dir := range []string{"session", "share"} {
		write(t, g.path(dir+"/.keep"), "")
	}
	write(t, g.path("rc"), fmt.Sprintf(`
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
schedule2 = enter, 1, 0, "dht.add_node=%[4]s"
schedule2 = share, 1, 1, "load.start=%[1]s/share/*.torrent"
`, g.dir, g.addr.Addr(), g.addr.Port(), hub))
	return g.home.start(t, g.name, []string{"HOME=" + g.dir}, "rtorrent", "-n", "-o", "import="+g.path("rc"))
}

// startAria2 gives it a torrent of nobody's: without one, it has no DHT.
func startAria2(t *testing.T, g *guest, hub string) *process {
	t.Helper()
	port := fmt.Sprint(g.addr.Port())
	return g.home.start(t, g.name, nil, "aria2c", "--no-conf", "--dir="+g.dir, "--enable-dht=true", "--enable-dht6=false",
		"--dht-listen-port="+port, "--listen-port="+port, "--dht-entry-point="+hub, "--dht-file-path="+g.path("dht.dat"),
		"--bt-enable-lpd=false", "--enable-peer-exchange=false", "--interface="+g.addr.Addr().String(),
		"--log=/dev/stderr", "--log-level=info", "--enable-rpc", "--rpc-listen-all", "--rpc-listen-port=6800",
		"magnet:?xt=urn:btih:"+strings.Repeat("a5", 20))
}

func startQBittorrent(t *testing.T, g *guest, _ string) *process {
	t.Helper()
	write(t, g.path("qBittorrent/config/qBittorrent.conf"), fmt.Sprintf(`
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
`, g.addr.Port(), g.addr.Addr(), stranger))
	return g.home.start(t, g.name, []string{"HOME=" + g.dir}, "qbittorrent-nox", "--profile="+g.dir)
}

// startPeer starts one of the peer programs of test/interop.
func startPeer(words ...string) func(*testing.T, *guest, string) *process {
	return func(t *testing.T, g *guest, hub string) *process {
		t.Helper()
		words := append(words, "--listen", g.addr.String(), "--bootstrap", hub)
		p := g.home.start(t, g.name, nil, words...)
		p.ready(t)
		return p
	}
}

func startAnacrolix(t *testing.T, g *guest, hub string) *process {
	t.Helper()
	return startPeer(filepath.Join(os.Getenv(programsVariable), "anacrolix"), "--log")(t, g, hub)
}
