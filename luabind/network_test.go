package luabind

import (
	"bytes"
	"context"
	"crypto/sha256"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/client"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/dht/udp"
	"github.com/lightdht/lightdht/engine"
)

// site is a network with bindings and an engine on it, as the command line
// makes them.
type site struct {
	world    *sim.World // nil on a real network
	bindings *Bindings
	engine   *engine.Engine

	stdout, stderr bytes.Buffer
}

// simSite makes a simulated network, with the script's own node in it.
func simSite(t testing.TB, cfg sim.Config) *site {
	t.Helper()
	world, err := sim.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	own, err := world.Open(dht.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.New(own).Bootstrap(context.Background(), world.Entry(entryNodes)...); err != nil {
		t.Fatal(err)
	}
	s := &site{world: world}
	s.open(t, NewSim(world, own), engine.Options{
		Clock:     SimClock(world),
		Random:    rand.NewPCG(cfg.Seed, 1),
		StartTime: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
	})
	return s
}

// udpSite makes a network of n nodes on the loopback interface, and one more
// for the script.
func udpSite(t testing.TB, n int) *site {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var entry []netip.AddrPort
	var hosts []*udp.Host
	for range n + 1 {
		h, err := udp.Listen(udp.Config{Listen: netip.MustParseAddrPort("127.0.0.1:0"), Node: dht.Config{Bootstrap: entry, AnswerRate: -1, Reach: dht.Everywhere()}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { h.Close() })
		if entry == nil {
			entry = []netip.AddrPort{h.Addr()}
		}
		hosts = append(hosts, h)
	}
	own := hosts[n]
	for known := 0; known < min(n, 8); { // they name only those that have answered them
		for _, h := range hosts[1:] {
			if _, err := client.New(h).Bootstrap(ctx, entry...); err != nil {
				t.Fatal(err)
			}
		}
		r, err := client.New(own).FindNode(ctx, krpc.ID{}, dht.SearchConfig{Start: entry})
		if err != nil {
			t.Fatal(err)
		}
		known = len(r.Closest)
	}
	s := &site{}
	s.open(t, NewUDP(own, entry), engine.Options{})
	return s
}

func (s *site) open(t testing.TB, network Network, o engine.Options) {
	t.Helper()
	s.bindings = New(Options{Network: network})
	o.Stdout, o.Stderr = &s.stdout, &s.stderr
	o.Modules = s.bindings.Modules()
	o.ScriptDir = "testdata"
	o.Grants = engine.Grants{RunDir: t.TempDir()}
	var err error
	if s.engine, err = engine.New(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.engine.Close() })
}

// run runs a script to its end.
func (s *site) run(name, source string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	_, err := s.engine.Run(ctx, name, source)
	return err
}

// runFile runs a script of testdata, in which nothing may fail.
func (s *site) runFile(t testing.TB, file string) {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.run(filepath.Base(file), string(source)); err != nil {
		script, _ := err.(*engine.ScriptError)
		if script != nil {
			t.Errorf("%v\n%s", err, script.Traceback)
		} else {
			t.Error(err)
		}
	}
	if _, failed := s.bindings.Checks(); failed > 0 {
		t.Errorf("checks failed:\n%s", s.stdout.String())
	}
}

// scriptsIn lists those of a folder in testdata.
func scriptsIn(t testing.TB, folder string) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/" + folder + "/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts in", folder, err)
	}
	return files
}

// The same scripts, unchanged, on all networks.
func TestOnEveryNetwork(t *testing.T) {
	for _, file := range scriptsIn(t, "net") {
		name := strings.TrimSuffix(filepath.Base(file), ".lua")
		t.Run(name+"/sim", func(t *testing.T) {
			simSite(t, sim.Config{Nodes: 150, Seed: 1}).runFile(t, file)
		})
		t.Run(name+"/udp", func(t *testing.T) {
			t.Parallel()
			udpSite(t, 8).runFile(t, file)
		})
	}
}

// Scripts about the simulated network itself, and others that depend on virtual
// time.
func TestInSimulation(t *testing.T) {
	for _, file := range scriptsIn(t, "sim") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			simSite(t, sim.Config{Nodes: 150, Seed: 1}).runFile(t, file)
		})
	}
}

// A run is a function of its script and its seed, down to each datagram and
// each byte of output.
func TestRunsRepeat(t *testing.T) {
	for _, file := range append(scriptsIn(t, "sim"), scriptsIn(t, "net")...) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			if base := filepath.Base(file); underRace && (base == "keep.lua" || base == "models.lua") {
				t.Skip("long; TestInSimulation runs it once")
			}
			var first [sha256.Size]byte
			var firstOutput string
			for range 2 {
				s := simSite(t, sim.Config{Nodes: 150, Seed: 7, Digest: true})
				s.runFile(t, file)
				digest, output := s.world.Digest(), s.stdout.String()+s.stderr.String()
				if first != [sha256.Size]byte{} && (digest != first || output != firstOutput) {
					t.Errorf("two runs differ:\n%x %s\n%x %s", first, firstOutput, digest, output)
				}
				first, firstOutput = digest, output
			}
		})
	}
}
