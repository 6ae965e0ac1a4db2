package bridge

import (
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// announce is for the peer programs. A node that has just come knows too few to announce to.
func announce(t *testing.T, g *guest) {
	t.Helper()
	var last answer
	eventually(t, func() bool {
		last = g.ask(t, map[string]any{"do": "announce", "info_hash": g.hash, "port": g.addr.Port()})
		return last.Stored > 0
	}, func() string { return fmt.Sprintf("%s announced to nobody: %+v", g.name, last) })
}

func looksUp(t *testing.T, g *guest, peer netip.AddrPort) bool {
	t.Helper()
	a := g.ask(t, map[string]any{"do": "get_peers", "info_hash": g.hash})
	return slices.Contains(a.Peers, peer.String())
}

// shareWithTransmission adds the torrent over its RPC, which wants a token that it gives with its first refusal.
func shareWithTransmission(t *testing.T, g *guest) {
	t.Helper()
	const token = "X-Transmission-Session-Id"
	header := http.Header{}
	url := "http://" + g.addr.Addr().String() + ":9091/transmission/rpc"
	body := `{"method": "torrent-add", "arguments": {"filename": "` + g.magnet() + `"}}`
	g.posts(t, func() (string, error) {
		answer, text, err := post(url, header, "application/json", body)
		if err == nil {
			header.Set(token, answer.Get(token))
		}
		return text, err
	}, "torrent-added")
}

func shareWithQBittorrent(t *testing.T, g *guest) {
	t.Helper()
	form := url.Values{"urls": {g.magnet()}}.Encode()
	url := "http://" + g.addr.Addr().String() + ":8080/api/v2/torrents/add"
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
	eventually(t, func() bool {
		last, err = send()
		return strings.Contains(last, want)
	}, func() string { return fmt.Sprintf("%s does not take a torrent: %q, %v", g.name, last, err) })
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
