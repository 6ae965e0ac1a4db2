//go:build linux

package hostile

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/client"
	"github.com/lightdht/lightdht/dht/udp"
)

var loopback = netip.MustParseAddrPort("127.0.0.1:0")

// binary is the folder that the program was built into.
var binary string

func TestMain(m *testing.M) {
	if report := os.Getenv(measureEnv); report != "" {
		os.Exit(measure(report, os.Args[1:]))
	}
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "lightdht-hostile")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		build := exec.Command("go", "build", "-o", dir, "../../cmd/lightdht")
		if out, err := build.CombinedOutput(); err != nil {
			panic(string(out))
		}
		binary = dir
		return m.Run()
	}())
}

// row is a line of the table.
type row struct {
	name string
	bounds
	measured
	packets int // to where there should be few or none; -1: nobody looked
}

// table is what all cases took.
type table struct {
	mu   sync.Mutex
	rows []row
}

func (t *table) add(r row) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows = append(t.rows, r)
}

// counted adds what a case sent to the line of its last process.
func (t *table) counted(name string, packets int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := len(t.rows) - 1; i >= 0; i-- {
		if r := &t.rows[i]; r.name == name || strings.HasPrefix(r.name, name+" ") {
			r.packets = max(r.packets, 0) + packets
			return
		}
	}
}

// String is the table, in the order of the names.
func (t *table) String() string {
	slices.SortStableFunc(t.rows, func(a, b row) int { return strings.Compare(a.name, b.name) })
	var b strings.Builder
	fmt.Fprintf(&b, "%-36s %4s %16s %26s %8s\n", "case", "exit", "memory, MB", "written, KB", "packets")
	for _, r := range t.rows {
		packets := "-"
		if r.packets >= 0 {
			packets = strconv.Itoa(r.packets)
		}
		fmt.Fprintf(&b, "%-36s %4d %8.1f of %4d %15.1f of %7d %8s\n", r.name, r.Exit,
			float64(r.RSS)/(1<<20), r.rss>>20, float64(r.Bytes)/(1<<10), r.bounds.bytes>>10, packets)
	}
	return b.String()
}

// TestHostile runs each case of testdata, and each script.
func TestHostile(t *testing.T) {
	cases, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	node, err := udp.Listen(udp.Config{Listen: loopback})
	if err != nil {
		t.Fatal(err)
	}
	defer node.Close()
	if os.Getenv("CI") != "" && os.Geteuid() == 0 && !islands() {
		t.Error("network namespaces cannot be had here, and a tenth of the cases need them; is there iproute2?")
	}
	var all table
	stop := watch(t, node)
	t.Run("cases", func(t *testing.T) {
		testscript.Run(t, testscript.Params{
			Files: append(cases, stories(t)...),
			Setup: func(env *testscript.Env) error {
				env.Setenv("PATH", binary+string(os.PathListSeparator)+os.Getenv("PATH"))
				entry, err := udp.Listen(udp.Config{Listen: loopback})
				if err != nil {
					return err
				}
				env.Defer(func() { entry.Close() })
				env.Setenv("NODE", entry.Addr().String())
				env.Values[sceneKey{}] = &scene{table: &all}
				return nil
			},
			Cmds: map[string]func(*testscript.TestScript, bool, []string){
				"hostile": hostile, "serving": serving, "sentinel": newSentinel, "heard": heard, "rogue": newRogue, "asked": asked,
				"forge": forge, "island": newIsland, "left": left,
			},
			Condition:           condition,
			RequireExplicitExec: true,
		})
	})
	if answered, silent := stop(); silent > 0 || answered == 0 {
		t.Errorf("the node in this process answered %d pings meanwhile, and left %d without an answer", answered, silent)
	}
	t.Logf("%d processes:\n%s", len(all.rows), &all)
}

// watch pings a node until stop is called, which says how often it answered, and how
// often it did not in a long time.
func watch(t *testing.T, node *udp.Host) (stop func() (answered, silent int)) {
	asker, err := udp.Listen(udp.Config{Listen: loopback, Node: dht.Config{ReadOnly: true, QueryTimeout: maxTime}})
	if err != nil {
		t.Fatal(err)
	}
	over, done := make(chan struct{}), make(chan [2]int)
	go func() { // ends when over is closed
		var counts [2]int
		for {
			if _, err := client.New(asker).Ping(context.Background(), node.Addr()); err == nil {
				counts[0]++
			} else {
				counts[1]++
			}
			select {
			case <-over:
				done <- counts
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	return func() (int, int) {
		close(over)
		counts := <-done
		asker.Close()
		return counts[0], counts[1]
	}
}

// scene is what a case has besides its files.
type scene struct {
	table     *table
	runs      int
	sentinels map[string]*sentinel
	rogue     *rogue
	island    *island
}

// sceneKey is what it is found by.
type sceneKey struct{}

func sceneOf(ts *testscript.TestScript) *scene { return ts.Value(sceneKey{}).(*scene) }

// condition knows ipv6, whether this machine has ::1, root and island.
func condition(name string) (bool, error) {
	switch name {
	case "ipv6":
		conn, err := net.ListenPacket("udp6", "[::1]:0")
		if err == nil {
			conn.Close()
		}
		return err == nil, nil
	case "root":
		return os.Geteuid() == 0, nil
	case "island":
		return islands(), nil
	}
	return false, fmt.Errorf("no condition is called %q", name)
}

// hostile runs a program within its bounds.
func hostile(ts *testscript.TestScript, _ bool, args []string) {
	var b bounds
	args, err := b.parse(args)
	ts.Check(err)
	s := sceneOf(ts)
	s.runs++
	report := filepath.Join(binary, fmt.Sprintf("%s-%d.json", ts.Name(), s.runs))
	var own *pinger
	if b.pings > 0 {
		own = pingOwn(ts)
	}
	self, err := os.Executable()
	ts.Check(err)
	command := append([]string{self}, expand(ts, args)...)
	command[1] = filepath.Join(binary, command[1])
	command = s.island.wrap(command)
	ts.Setenv(measureEnv, report)
	err = ts.Exec(command[0], command[1:]...)
	ts.Setenv(measureEnv, "")
	var m measured
	text, missing := os.ReadFile(report)
	if missing != nil || json.Unmarshal(text, &m) != nil {
		ts.Fatalf("nothing was measured: %v, %v", missing, err)
	}
	name := ts.Name()
	if s.runs > 1 {
		name += " " + strconv.Itoa(s.runs)
	}
	s.table.add(row{name, b, m, -1})
	broken := b.broken(m)
	if own != nil {
		broken = append(broken, own.judge(b.pings, m.Took)...)
	}
	if inside := ts.ReadFile("stderr"); strings.Contains(inside, "goroutine ") || strings.Contains(inside, "runtime error") {
		broken = append(broken, "stderr shows the inside of the program")
	}
	if len(broken) > 0 {
		ts.Fatalf("%s", strings.Join(broken, "; "))
	}
}

// expand fills in what only became known while the case ran.
func expand(ts *testscript.TestScript, args []string) []string {
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "@OWN", ts.Getenv("OWN"))
	}
	return args
}

// serving starts a node that ends with the case.
func serving(ts *testscript.TestScript, _ bool, args []string) {
	command := sceneOf(ts).island.wrap(append([]string{filepath.Join(binary, args[0])}, args[1:]...))
	c := exec.Command(command[0], command[1:]...)
	c.Dir = ts.Getenv("WORK")
	stderr, err := c.StderrPipe()
	ts.Check(err)
	ts.Check(c.Start())
	ts.Defer(func() {
		c.Process.Signal(os.Interrupt)
		c.Wait()
	})
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		if addr, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
			ts.Setenv("ADDR", addr)
			ts.Setenv("PORT", addr[strings.LastIndex(addr, ":")+1:])
			go func() { // ends with the process
				for lines.Scan() {
				}
			}()
			return
		}
	}
	ts.Fatalf("it never said that it listens")
}
