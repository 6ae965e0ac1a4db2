package bridge

import (
	"net/netip"
	"regexp"
	"testing"

	"github.com/lightdht/lightdht/test/interop/netns"
)

// A client is a program that is a member of the DHT, and how it is used here.
type client struct {
	netns.Client
	// share has it announce its torrent and look for the peers of that, one of which we have
	// announced.
	share func(t *testing.T, g *guest, peer netip.AddrPort)
	// finds reports whether it has found a peer of its torrent.
	finds func(t *testing.T, g *guest, peer netip.AddrPort) bool
	// complaint is what it logs of a packet that is not as it should be; nil if it logs nothing of
	// that.
	complaint *regexp.Regexp
	// swaps says that it gives out the ports of peers with their bytes exchanged.
	swaps bool
}

// A guest is a client that runs.
type guest struct {
	client
	*netns.Process
	netns.Guest
	hash string // of its torrent
	ours *capture

	visitors []*netns.Process // nodes of ours that joined through it: plainly, behind NAT, with loss
}

var clients = []client{
	{Client: netns.Transmission, share: shareWithTransmission, finds: callsPeer,
		complaint: regexp.MustCompile(`Unparseable message|Broken node|lacklist|rate limiting`)},
	{Client: netns.RTorrent, share: shareWithRTorrent, finds: logsPeers, swaps: true},
	{Client: netns.Aria2, share: shareWithAria2, finds: callsPeer,
		complaint: regexp.MustCompile(`thrown while receiving DHT message|Malformed DHT message`)},
	{Client: netns.QBittorrent, share: shareWithQBittorrent, finds: callsPeer},
	{Client: netns.Libtorrent, share: searchAndAnnounce, finds: found,
		complaint: regexp.MustCompile(`transaction id size|BANNING|invalid|missing|malformed`)},
	{Client: netns.BittorrentDHT, share: searchAndAnnounce, finds: found, complaint: regexp.MustCompile(`warning: Invalid data`)},
	{Client: netns.Anacrolix, share: searchAndAnnounce, finds: found, complaint: regexp.MustCompile(`bad krpc message`)},
}

// found is for those that are asked, by searchAndAnnounce.
func found(*testing.T, *guest, netip.AddrPort) bool { return true }

// callsPeer is for those that only use what they find: they call the peer.
func callsPeer(_ *testing.T, g *guest, peer netip.AddrPort) bool {
	return g.ours.calls(g.Addr.Addr(), peer)
}

// logsPeers is for rTorrent, which calls nobody for a torrent that it has nothing of yet, but logs
// how many peers it was told. Nobody but us has announced this one by then.
func logsPeers(_ *testing.T, g *guest, _ netip.AddrPort) bool {
	received := regexp.MustCompile(`received [1-9][0-9]* peers \(url:dht://\)`)
	return len(g.Stderr.Matching(received.MatchString)) > 0
}

func (g *guest) magnet() string { return "magnet:?xt=urn:btih:" + g.hash }
