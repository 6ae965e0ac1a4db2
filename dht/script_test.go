package dht_test

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/dhttest"
	"github.com/lightdht/lightdht/dht/krpc"
)

// TestScripts plays testdata/scripts, each against a network of its own on virtual
// time. Nodes have numbers from 0 on, keys are letters.
//
//	network N                                  N nodes that have met
//	put node=I [key=a [salt=s] seq=N [cas=N]]  store the text below, and say what the nodes did
//	get node=I [key=a [salt=s] [newer=N]]      find the item: the text below, or of the key
//	keep node=I, forget node=I                 the item of the last put
//	announce node=I [port=N] [seed]            of the torrent named below
//	peers node=I, scrape node=I                of the torrent named below
//	gone I                                     the node is there no more
//	pass 90m                                   time passes
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/scripts", func(t *testing.T, path string) {
		var p player
		datadriven.RunTest(t, path, p.play)
	})
}

type player struct {
	net   *dhttest.Net
	nodes []*dht.Node
	last  krpc.Item // that was put
}

// arguments are those of one command.
type arguments struct {
	node             int
	key, salt        string
	seq, cas, newer  int64
	hasCas, hasNewer bool
	port             int
	seed             bool
}

func read(t *testing.T, d *datadriven.TestData) (a arguments) {
	d.MaybeScanArgs(t, "node", &a.node)
	d.MaybeScanArgs(t, "key", &a.key)
	d.MaybeScanArgs(t, "salt", &a.salt)
	d.MaybeScanArgs(t, "seq", &a.seq)
	a.hasCas = d.MaybeScanArgs(t, "cas", &a.cas)
	a.hasNewer = d.MaybeScanArgs(t, "newer", &a.newer)
	d.MaybeScanArgs(t, "port", &a.port)
	a.seed = d.HasArg("seed")
	return a
}

// item is the one that a command is about.
func (a *arguments) item(text string) krpc.Item {
	if a.key != "" {
		return signed(a.key[0], a.salt, a.seq, text)
	}
	return krpc.Item{Value: krpc.AppendString(nil, text)}
}

func (p *player) play(t *testing.T, d *datadriven.TestData) string {
	a := read(t, d)
	switch d.Cmd {
	case "network":
		p.net, p.nodes = swarm(t, number(t, d), dht.BucketsTable)
		return ""
	case "gone":
		p.net.Remove(dhttest.Addr(number(t, d)))
		return ""
	case "pass":
		time, err := time.ParseDuration(d.CmdArgs[0].Key)
		if err != nil {
			d.Fatalf(t, "%v", err)
		}
		p.net.Run(time)
		return ""
	case "keep":
		return fmt.Sprintln(p.nodes[a.node].Keep(p.net.Now(), p.last))
	case "forget":
		return fmt.Sprintln(p.nodes[a.node].Forget(p.last.Target()))
	case "put":
		return p.put(t, &a, d.Input)
	case "get":
		return p.get(t, &a, d.Input)
	}
	return p.torrent(t, d, &a)
}

func number(t *testing.T, d *datadriven.TestData) (n int) {
	if _, err := fmt.Sscan(d.CmdArgs[0].Key, &n); err != nil {
		d.Fatalf(t, "%v", err)
	}
	return n
}

// put says how many nodes answered in which way, in the order in which the first of
// them did.
func (p *player) put(t *testing.T, a *arguments, text string) string {
	p.last = a.item(text)
	var cas *int64
	if a.hasCas {
		cas = &a.cas
	}
	r := put(t, p.net, p.nodes[a.node], p.last, cas)
	var answers []string
	count := map[string]int{}
	for _, step := range r.Trace.Path {
		if step.Method != "put" {
			continue
		}
		answer := "stored"
		if refusal := new(krpc.Error); errors.As(step.Err, &refusal) {
			answer = fmt.Sprint(refusal.Code, " ", refusal.Message)
		} else if step.Err != nil {
			answer = "silent"
		}
		if count[answer]++; count[answer] == 1 {
			answers = append(answers, answer)
		}
	}
	var out strings.Builder
	for _, answer := range answers {
		fmt.Fprintf(&out, "%d nodes: %s\n", count[answer], answer)
	}
	return out.String()
}

func (p *player) get(t *testing.T, a *arguments, text string) string {
	cfg := dht.SearchConfig{Salt: []byte(a.salt)}
	if a.hasNewer {
		cfg.Seq = &a.newer
	}
	it := a.item(text)
	r := search(t, p.net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
		p.nodes[a.node].Get(now, it.Target(), cfg, done)
	})
	switch {
	case r.Err != nil:
		return fmt.Sprintln("error:", r.Err)
	case r.Item.Mutable:
		return fmt.Sprintf("%s, seq %d\n", r.Item.Value, r.Item.Seq)
	}
	return fmt.Sprintf("%s\n", r.Item.Value)
}

// torrent plays what is about peers.
func (p *player) torrent(t *testing.T, d *datadriven.TestData, a *arguments) string {
	n, hash := p.nodes[a.node], krpc.ValueTarget([]byte(d.Input))
	var begin func(now dht.Time, done func(dht.Time, *dht.Result))
	switch d.Cmd {
	case "announce":
		begin = func(now dht.Time, done func(dht.Time, *dht.Result)) {
			n.AnnouncePeer(now, hash, uint16(a.port), dht.SearchConfig{Seed: a.seed}, done)
		}
	case "peers":
		begin = func(now dht.Time, done func(dht.Time, *dht.Result)) {
			n.GetPeers(now, hash, dht.SearchConfig{}, done)
		}
	case "scrape":
		begin = func(now dht.Time, done func(dht.Time, *dht.Result)) {
			n.Scrape(now, hash, dht.SearchConfig{}, done)
		}
	default:
		d.Fatalf(t, "unknown command %q", d.Cmd)
	}
	r := search(t, p.net, begin)
	switch {
	case r.Err != nil:
		return fmt.Sprintln("error:", r.Err)
	case d.Cmd == "announce":
		return fmt.Sprintf("%d nodes: stored\n", r.Stored)
	case d.Cmd == "scrape":
		return fmt.Sprintf("%.0f seeds, %.0f others\n", r.Swarm.Seeds, r.Swarm.Peers)
	}
	var out strings.Builder
	for _, peer := range sorted(r.Peers) {
		fmt.Fprintln(&out, peer)
	}
	return out.String()
}

func sorted(peers []netip.AddrPort) []netip.AddrPort {
	slices.SortFunc(peers, netip.AddrPort.Compare)
	return peers
}
