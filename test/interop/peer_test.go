package interop

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a test waits for any one thing that must come.
const patience = 30 * time.Second

// A peer is a running peer program. Its methods may be called from several goroutines, but fail the
// test only from the test's own.
type peer struct {
	client
	addrs []string // of its nodes, by index

	mu      sync.Mutex
	to      io.Writer
	lastID  int
	waiting map[int]chan answer // by request id; closed and nil once the program has ended
}

type request struct {
	ID       int    `json:"id"`
	Node     int    `json:"node"`
	Do       string `json:"do"`
	InfoHash string `json:"info_hash,omitempty"`
	Port     int    `json:"port"`
	Value    string `json:"value,omitempty"` // this and the next four in hex
	Secret   string `json:"secret,omitempty"`
	Key      string `json:"key,omitempty"`
	Target   string `json:"target,omitempty"`
	Salt     string `json:"salt,omitempty"`
	Seq      int64  `json:"seq,omitempty"`
	Cas      *int64 `json:"cas,omitempty"`
	Files    string `json:"files,omitempty"` // a directory
	Addr     string `json:"addr,omitempty"`
}

type answer struct {
	ID      int      `json:"id"`
	Ready   bool     `json:"ready"`
	Client  string   `json:"client"`
	Nodes   int      `json:"nodes"`
	Stored  int      `json:"stored"`
	Port    int      `json:"port"`
	Implied int      `json:"implied_port"`
	Hash    string   `json:"info_hash"`
	Peers   []string `json:"peers"`
	Refused []int    `json:"refused"`
	Value   string   `json:"value"`
	Samples []string `json:"samples"`
	Num     int      `json:"num"`
	Wait    float64  `json:"interval"` // seconds
	Named   []string `json:"named"`
	Seq     int64    `json:"seq"`
	Error   string   `json:"error"`
}

// startPeer runs n nodes of a client until the test ends, and returns when all of them listen.
func startPeer(t *testing.T, c client, n int, bootstrap ...string) *peer {
	t.Helper()
	return startPeerAt(t, c, addrs(t, c.network, n), bootstrap)
}

// startPeerAt runs a client's nodes at these addresses, with further flags.
func startPeerAt(t *testing.T, c client, addrs, bootstrap []string, flags ...string) *peer {
	t.Helper()
	p := &peer{client: c, addrs: addrs, waiting: map[int]chan answer{}}
	ready := p.expect(0) // the greeting has no id

	command := append(c.require(t), "--listen", strings.Join(p.addrs, ","))
	if len(bootstrap) > 0 {
		command = append(command, "--bootstrap", strings.Join(bootstrap, ","))
	}
	from := p.run(t, append(command, flags...))
	go p.listen(from)

	greeting := await(t, c.name+" to listen", ready)
	if !greeting.Ready {
		t.Fatalf("%s ended before it listened", c.name)
	}
	t.Logf("%s listens on %s", greeting.Client, strings.Join(p.addrs, " "))
	return p
}

// run starts the program and has the test's end kill it.
func (p *peer) run(t *testing.T, command []string) io.Reader {
	t.Helper()
	ctx, kill := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stderr = t.Output()
	to, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	from, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		kill()
		cmd.Wait()
	})
	p.to = to
	return from
}

// listen hands out the answers until the program ends.
func (p *peer) listen(from io.Reader) {
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		var a answer
		if json.Unmarshal(lines.Bytes(), &a) != nil {
			continue // something the client's library printed
		}
		p.mu.Lock()
		if waiting, ok := p.waiting[a.ID]; ok {
			waiting <- a
			delete(p.waiting, a.ID)
		}
		p.mu.Unlock()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, waiting := range p.waiting {
		close(waiting)
	}
	p.waiting = nil
}

// expect returns where the answer to a request will appear. The caller holds mu, or is alone.
func (p *peer) expect(id int) <-chan answer {
	waiting := make(chan answer, 1)
	if p.waiting == nil {
		close(waiting)
		return waiting
	}
	p.waiting[id] = waiting
	return waiting
}

// ask sends a request.
func (p *peer) ask(r request) <-chan answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lastID++
	r.ID = p.lastID
	answered := p.expect(r.ID)
	line, err := json.Marshal(r)
	if err != nil {
		panic(err) // a struct of strings and integers
	}
	p.to.Write(append(line, '\n')) // an error means that the program has ended, which listen notices
	return answered
}

// nodes waits until the node with this index knows at least n others. As long as it does not it
// looks around: a client that is used does so all the time.
func (p *peer) nodes(t *testing.T, node, n int) {
	t.Helper()
	known := 0
	eventually(t, func() bool {
		known = await(t, p.name+" to count its nodes", p.ask(request{Node: node, Do: "nodes"})).Nodes
		if known < n {
			await(t, p.name+" to look around", p.ask(request{Node: node, Do: "look"}))
		}
		return known >= n
	}, func() string { return fmt.Sprintf("%s %s knows %d nodes, not %d", p.name, p.addrs[node], known, n) })
}

// announce announces a torrent and returns the address under which others should find it.
func (p *peer) announce(t *testing.T, node int, hash string, port int) string {
	t.Helper()
	_, addr := p.announced(t, request{Node: node, Do: "announce", InfoHash: hash, Port: port})
	return addr
}

// seed announces a new torrent that the node has the whole of, and returns its info-hash and the
// announced address.
func (p *peer) seed(t *testing.T, node int) (hash, addr string) {
	t.Helper()
	return p.announced(t, request{Node: node, Do: "announce", Files: t.TempDir()})
}

func (p *peer) announced(t *testing.T, r request) (hash, addr string) {
	t.Helper()
	a, from := await(t, p.name+" to announce", p.ask(r)), p.addrs[r.Node]
	if a.Error != "" || a.Stored == 0 {
		t.Fatalf("%s %s announced to %d nodes, error %q", p.name, from, a.Stored, a.Error)
	}
	t.Logf("%s %s announced to %d nodes, port %d, implied_port %d", p.name, from, a.Stored, a.Port, a.Implied)
	return a.Hash, fmt.Sprintf("%s:%d", host(from), a.Port)
}

// finds waits until a lookup by the node finds the wanted peer.
func (p *peer) finds(t *testing.T, node int, hash, want string) {
	t.Helper()
	var last answer
	tries := 0
	eventually(t, func() bool {
		tries++
		last = await(t, p.name+" to look up", p.ask(request{Node: node, Do: "get_peers", InfoHash: hash}))
		return slices.Contains(last.Peers, want)
	}, func() string {
		return fmt.Sprintf("%s %s found %q, not %s; error %q", p.name, p.addrs[node], last.Peers, want, last.Error)
	})
	t.Logf("%s %s found %s in lookup %d", p.name, p.addrs[node], want, tries)
}
