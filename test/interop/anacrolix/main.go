// Command anacrolix runs nodes of anacrolix/dht behind the line protocol of the interop tests.
//
// usage: anacrolix --listen ADDR[,ADDR...] [--bootstrap ADDR[,ADDR...]] [--read-only] [--log]
//
// One dht.Server per listening address. The protocol is described in the package comment of
// test/interop.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"github.com/anacrolix/dht/v2"
	"github.com/anacrolix/dht/v2/krpc"
	"github.com/anacrolix/log"
	"golang.org/x/time/rate"
)

const library = "github.com/anacrolix/dht/v2"

// request is one line of standard input.
type request struct {
	ID       int    `json:"id"`
	Node     int    `json:"node"`
	Do       string `json:"do"`
	InfoHash string `json:"info_hash"`
	Port     int    `json:"port"`
	Value    string `json:"value"`  // this and the next four in hex
	Secret   string `json:"secret"` // the seed of the key; empty: immutable
	Key      string `json:"key"`    // public
	Target   string `json:"target"` // instead of Key: immutable
	Salt     string `json:"salt"`
	Seq      int64  `json:"seq"`
	Cas      int64  `json:"cas"`
}

// reply is one line of standard output.
type reply map[string]any

func main() {
	listen := flag.String("listen", "", "addresses of the nodes, separated by commas")
	bootstrap := flag.String("bootstrap", "", "addresses to join through, separated by commas")
	readOnly := flag.Bool("read-only", false, "answer nobody (BEP 43)")
	flag.BoolVar(&logs, "log", false, "write to stderr what the library logs")
	flag.Parse()

	nodes, err := start(strings.Split(*listen, ","), *bootstrap, *readOnly)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	out := &printer{to: json.NewEncoder(os.Stdout)}
	out.print(reply{"ready": true, "client": "anacrolix/dht " + version(), "addrs": addrs(nodes)})

	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var r request
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if r.Do == "quit" {
			return
		}
		go out.print(serve(nodes, r))
	}
}

// start opens a node on each address and lets one after another join through the bootstrap
// addresses, if there are any. An address that does not answer is no error: the node then knows
// nobody.
func start(listen []string, bootstrap string, readOnly bool) ([]*node, error) {
	var first []string
	if bootstrap != "" {
		first = strings.Split(bootstrap, ",")
	}
	var nodes []*node
	for _, addr := range listen {
		node, err := open(addr, first, readOnly)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, node)
		if len(first) > 0 {
			if _, err := node.Bootstrap(); err != nil {
				return nil, err
			}
			go node.TableMaintainer() // once a minute, until the process ends
		}
	}
	return nodes, nil
}

// logs says that what the library logs is wanted.
var logs bool

// node is one server, and what its packets say.
type node struct {
	*dht.Server
	puts *putWatch
}

func open(addr string, bootstrap []string, readOnly bool) (*node, error) {
	socket, err := net.ListenPacket("udp4", addr)
	if err != nil {
		return nil, err
	}
	conn := &putWatch{PacketConn: socket}
	config := dht.NewDefaultServerConfig()
	config.Conn = conn
	config.Passive = readOnly
	config.Logger = log.Default.FilterLevel(log.Critical)
	if logs {
		config.Logger = log.Default.FilterLevel(log.Debug)
	}
	config.PeerStore = newPeerStore() // without a store it issues no tokens
	config.SendLimiter = rate.NewLimiter(rate.Inf, 1)
	config.StartingNodes = func() ([]dht.Addr, error) {
		if len(bootstrap) == 0 {
			return nil, nil
		}
		return dht.ResolveHostPorts(bootstrap)
	}
	server, err := dht.NewServer(config)
	return &node{server, conn}, err
}

func addrs(nodes []*node) []string {
	var all []string
	for _, node := range nodes {
		all = append(all, node.Addr().String())
	}
	return all
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, dep := range info.Deps {
		if dep.Path == library {
			return dep.Version
		}
	}
	return "unknown"
}

func serve(nodes []*node, r request) reply {
	answer, err := do(nodes[r.Node], r)
	if err != nil {
		answer = reply{"error": err.Error()}
	}
	answer["id"] = r.ID
	return answer
}

func do(node *node, r request) (reply, error) {
	switch r.Do {
	case "nodes":
		return reply{"nodes": node.NumNodes()}, nil
	case "look":
		id := krpc.RandomNodeID()
		go search(node, hex.EncodeToString(id[:]))
		return reply{}, nil
	case "get_peers":
		return getPeers(node, r)
	case "announce":
		return announce(node, r)
	case "put":
		return put(node, r)
	case "get":
		return get(node, r)
	}
	return nil, fmt.Errorf("unknown request %q", r.Do)
}

func getPeers(node *node, r request) (reply, error) {
	peers, err := search(node, r.InfoHash)
	if err != nil {
		return nil, err
	}
	return reply{"peers": peers}, nil
}

func announce(node *node, r request) (reply, error) {
	before := node.Stats().SuccessfulOutboundAnnouncePeerQueries
	opts := dht.AnnouncePeerOpts{Port: r.Port, ImpliedPort: r.Port == 0}
	if _, err := search(node, r.InfoHash, dht.AnnouncePeer(opts)); err != nil {
		return nil, err
	}
	answer := reply{"port": r.Port, "implied_port": 0}
	if opts.ImpliedPort {
		answer = reply{"port": node.Addr().(*net.UDPAddr).Port, "implied_port": 1}
	}
	answer["stored"] = node.Stats().SuccessfulOutboundAnnouncePeerQueries - before
	return answer, nil
}

// search walks towards an info-hash until the walk, and the announces after it, are over.
func search(node *node, infoHash string, opts ...dht.AnnounceOpt) ([]string, error) {
	raw, err := hex.DecodeString(infoHash)
	if err != nil || len(raw) != len(krpc.ID{}) {
		return nil, fmt.Errorf("info-hash expected, got %q", infoHash)
	}
	walk, err := node.AnnounceTraversal([20]byte(raw), opts...)
	if err != nil {
		return nil, err
	}
	defer walk.Close()
	peers := []string{}
	for found := range walk.Peers { // closed when all is done
		for _, peer := range found.Peers {
			peers = append(peers, peer.String())
		}
	}
	slices.Sort(peers)
	return slices.Compact(peers), nil
}

// printer writes one line at a time, whichever goroutine it comes from.
type printer struct {
	mu sync.Mutex
	to *json.Encoder
}

func (p *printer) print(r reply) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.to.Encode(r); err != nil {
		os.Exit(1) // the test that asked has gone
	}
}
