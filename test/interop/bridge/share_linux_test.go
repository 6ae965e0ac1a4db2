package bridge

import (
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/lightdht/lightdht/test/interop/netns"
)

// searchAndAnnounce is for the peer programs. They search first: of what libtorrent finds, only the
// first answer is seen, which could be its own announce.
func searchAndAnnounce(t *testing.T, g *guest, peer netip.AddrPort) {
	t.Helper()
	netns.Eventually(t, func() bool { return looksUp(t, g, peer) }, func() string {
		return fmt.Sprintf("%s has not found the peer %s, which we announced", g.Name, peer)
	})
	var last netns.Answer
	netns.Eventually(t, func() bool {
		last = g.Ask(t, map[string]any{"do": "announce", "info_hash": g.hash, "port": g.Addr.Port()})
		return last.Stored > 0
	}, func() string { return fmt.Sprintf("%s announced to nobody: %+v", g.Name, last) })
}

// looksUp has a peer program search.
func looksUp(t *testing.T, g *guest, peer netip.AddrPort) bool {
	t.Helper()
	a := g.Ask(t, map[string]any{"do": "get_peers", "info_hash": g.hash})
	return slices.Contains(a.Peers, peer.String())
}

// shareWithTransmission adds the torrent over its RPC, which wants a token that it gives with its
// first refusal.
func shareWithTransmission(t *testing.T, g *guest, _ netip.AddrPort) {
	t.Helper()
	const token = "X-Transmission-Session-Id"
	header := http.Header{}
	url := "http://" + g.Addr.Addr().String() + ":9091/transmission/rpc"
	body := `{"method": "torrent-add", "arguments": {"filename": "` + g.magnet() + `"}}`
	g.posts(t, func() (string, error) {
		answer, text, err := post(url, header, "application/json", body)
		if err == nil {
			header.Set(token, answer.Get(token))
		}
		return text, err
	}, "torrent-added")
}

// shareWithRTorrent puts a file with the magnet link where rTorrent looks for new ones.
func shareWithRTorrent(t *testing.T, g *guest, _ netip.AddrPort) {
	t.Helper()
	link := g.magnet()
	netns.Write(t, g.Path("new"), fmt.Sprintf("d10:magnet-uri%d:%se", len(link), link))
	if err := os.Rename(g.Path("new"), g.Path("share/new.torrent")); err != nil {
		t.Fatal(err)
	}
}

func shareWithAria2(t *testing.T, g *guest, _ netip.AddrPort) {
	t.Helper()
	url := "http://" + g.Addr.Addr().String() + ":6800/jsonrpc"
	body := `{"jsonrpc": "2.0", "id": "1", "method": "aria2.addUri", "params": [["` + g.magnet() + `"]]}`
	g.posts(t, func() (string, error) {
		_, text, err := post(url, http.Header{}, "application/json", body)
		return text, err
	}, `"result"`)
}

func shareWithQBittorrent(t *testing.T, g *guest, _ netip.AddrPort) {
	t.Helper()
	form := url.Values{"urls": {g.magnet()}}.Encode()
	url := "http://" + g.Addr.Addr().String() + ":8080/api/v2/torrents/add"
	g.posts(t, func() (string, error) {
		_, text, err := post(url, http.Header{}, "application/x-www-form-urlencoded", form)
		return text, err
	}, "Ok.")
}

// posts sends a request until its answer has a text in it.
func (g *guest) posts(t *testing.T, send func() (string, error), want string) {
	t.Helper()
	var last string
	var err error
	netns.Eventually(t, func() bool {
		last, err = send()
		return strings.Contains(last, want)
	}, func() string { return fmt.Sprintf("%s does not take a torrent: %q, %v", g.Name, last, err) })
}

func post(url string, header http.Header, kind, body string) (http.Header, string, error) {
	request, err := http.NewRequest("POST", url, strings.NewReader(body))
	if err != nil {
		return nil, "", err
	}
	request.Header = header.Clone()
	request.Header.Set("Content-Type", kind)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.Header, string(text), err
}
