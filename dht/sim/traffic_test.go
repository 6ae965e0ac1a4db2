package sim

import (
	"math"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

func TestZipf(t *testing.T) {
	for _, s := range []float64{0.5, 1, 2} {
		tr := newTraffic(Traffic{Every: time.Minute, Torrents: 50, Exponent: s}, 1, 0)
		var count [50]int
		const n = 100_000
		for i := range uint32(n) {
			src := newStream(5, i, 0)
			count[tr.choose(src.Uint64())]++
		}
		norm := 0.0
		for i := range 50 {
			norm += math.Pow(float64(i+1), -s)
		}
		for i := range 50 {
			want := math.Pow(float64(i+1), -s) / norm
			if got := float64(count[i]) / n; math.Abs(got-want) > 4*math.Sqrt(want/n) {
				t.Errorf("exponent %v: torrent %d is chosen with %.4f, want %.4f", s, i, got, want)
			}
		}
	}
}

// Clients must search as often as they are to, announce, and so make torrents
// that can be found, the popular ones with more peers.
func TestTraffic(t *testing.T) {
	notUnderRace(t)
	w := world(t, Config{Nodes: 200, Alpha: 5, Traffic: Traffic{Every: 10 * time.Minute, Clients: 0.5, Torrents: 20, Lookups: 0.25}})
	w.pass(time.Hour)
	s := w.Stats()
	if s.Searches < 480 || s.Searches > 720 { // a hundred clients, six an hour
		t.Errorf("%d searches in an hour, want 600", s.Searches)
	}
	h := joined(t, w, dht.Config{})
	popular := len(await(t, w, h, getPeers(w.Torrent(0))).Peers)
	rare := len(await(t, w, h, getPeers(w.Torrent(19))).Peers)
	if popular < 30 || rare > popular/3 {
		t.Errorf("%d peers of the most popular torrent, %d of the least", popular, rare)
	}
	if err := w.SetTraffic(Traffic{}); err != nil || w.Traffic() != (Traffic{}) {
		t.Fatal(err)
	}
	before := w.Stats().Searches
	w.pass(time.Hour)
	if n := w.Stats().Searches; n != before {
		t.Errorf("%d searches after the end of traffic", n-before)
	}
	if err := w.SetTraffic(Traffic{Every: time.Minute}); err != nil || w.Traffic().Torrents != DefaultTorrents {
		t.Fatal(err)
	}
	if _, err := w.Add(200); err != nil { // newcomers are clients too
		t.Fatal(err)
	}
	w.pass(10 * time.Minute)
	if n := w.Stats().Searches - before; n < 3600 || n > 4400 {
		t.Errorf("%d searches by 400 clients in ten minutes, want 4000", n)
	}
}

// Config.Alpha holds for all searches of members.
func TestAlphaOfMembers(t *testing.T) {
	for _, alpha := range []int{1, 3, 6} {
		w := world(t, Config{Nodes: 200, Seed: 1, Alpha: alpha, Link: Link{Latency: Latency{Constant: 100 * time.Millisecond}}})
		h, _ := w.Host(7)
		r := await(t, w, h, findNode(krpc.ID{1, 2, 3}))
		first := 0
		for _, s := range r.Trace.Path {
			if s.Sent == 0 {
				first++
			}
		}
		if first != alpha {
			t.Errorf("alpha %d: a member asks %d at first", alpha, first)
		}
	}
}

func TestTrafficNamesWhatItRefuses(t *testing.T) {
	for want, tr := range map[string]Traffic{
		"sim: traffic: every must be 1s to 87600h0m0s, got 1ms":         {Every: time.Millisecond},
		"sim: traffic: torrents must be 1 to 1000000, got -1":           {Every: time.Minute, Torrents: -1},
		"sim: traffic: exponent must be above 0 and at most 5, got NaN": {Every: time.Minute, Exponent: math.NaN()},
		"sim: traffic: clients is a probability, 0 to 1, got 2":         {Clients: 2},
		"sim: traffic: lookups is a probability, 0 to 1, got -0.5":      {Lookups: -0.5},
	} {
		if err := tr.validate(); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
