package e2e

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// island is a network namespace in which public addresses are this machine's own,
// and from which nothing gets out.
type island struct {
	t    *testing.T
	name string
	dir  string
}

// newIsland skips the test where a namespace cannot be had. Its IPv4 addresses are
// 45.0.0.1 and up, its IPv6 addresses 2a00:1::1 and up.
func newIsland(t *testing.T, addresses int) *island {
	t.Helper()
	i := &island{t: t, name: fmt.Sprintf("lightdht-%d", os.Getpid()), dir: t.TempDir()}
	if out, err := exec.Command("ip", "netns", "add", i.name).CombinedOutput(); err != nil {
		t.Skipf("no network namespaces here: %v %s", err, out)
	}
	t.Cleanup(func() { exec.Command("ip", "netns", "del", i.name).Run() })
	i.ip("link", "set", "lo", "up")
	for n := range addresses {
		i.ip("addr", "add", fmt.Sprintf("45.0.0.%d/32", n+1), "dev", "lo")
		i.ip("addr", "add", fmt.Sprintf("2a00:%d::1/128", n+1), "dev", "lo", "nodad")
	}
	return i
}

func (i *island) ip(args ...string) {
	i.t.Helper()
	if out, err := exec.Command("ip", append([]string{"-n", i.name}, args...)...).CombinedOutput(); err != nil {
		i.t.Skipf("ip %v: %v %s", args, err, out)
	}
}

// command is lightdht on the island.
func (i *island) command(args ...string) *exec.Cmd {
	c := exec.Command("ip", append([]string{"netns", "exec", i.name, filepath.Join(binary, "lightdht")}, args...)...)
	c.Dir = i.dir
	return c
}

// run runs it to the end and returns all that it said; it must end with this code.
func (i *island) run(want int, args ...string) string {
	i.t.Helper()
	out, err := i.command(args...).CombinedOutput()
	i.t.Logf("lightdht %s\n%s", strings.Join(args, " "), out)
	if got := code(err); got != want {
		i.t.Fatalf("exit code %d, want %d", got, want)
	}
	return string(out)
}

func (i *island) expect(out string, want ...string) {
	i.t.Helper()
	for _, w := range want {
		if !regexp.MustCompile("(?m)" + w).MatchString(out) {
			i.t.Errorf("it does not say %q", w)
		}
	}
}

// settle starts nodes at all addresses of the island but the last; the first one joins
// through the others, and so may name them at once. They end with the test.
func (i *island) settle(addresses int) {
	i.t.Helper()
	var others []string
	for n := addresses - 1; n > 0; n-- {
		four, six := fmt.Sprintf("45.0.0.%d:6881", n), fmt.Sprintf("[2a00:%d::1]:6881", n)
		args := []string{"node", "--listen", four + "," + six}
		if n == 1 {
			args = append(args, "--join", strings.Join(others, ","))
		}
		others = append(others, four, six)
		c := i.command(args...)
		stderr, err := c.StderrPipe()
		if err != nil {
			i.t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			i.t.Fatal(err)
		}
		i.t.Cleanup(func() {
			c.Process.Kill()
			c.Wait()
		})
		buf := make([]byte, 4096)
		for said := ""; !strings.Contains(said, " knows "); {
			got, err := stderr.Read(buf)
			if said += string(buf[:got]); err != nil {
				i.t.Fatalf("node %d said %q, and no more: %v", n, said, err)
			}
		}
	}
}

// The public DHT, on a small scale: nodes with public addresses, and flags that
// keep out all others.
func TestLive(t *testing.T) {
	const addresses = 4
	i := newIsland(t, addresses)

	// Nobody is there, and names lead nowhere: that is told at once, in one line.
	out := i.run(6, "run", "--live", "-e", "print(1)")
	i.expect(out, `^lightdht: no network: none of the hosts to join the public DHT through was found \(.*\); is this machine connected\?`)
	if strings.Count(out, "\n") != 1 {
		t.Error("it takes more than one line")
	}
	i.expect(i.run(6, "run", "--live", "--bootstrap", "46.0.0.1:6881", "-e", "print(1)"), `^lightdht: this machine has no way to 46.0.0.1:6881`)
	i.expect(i.run(6, "doctor", "--live", "--wait", "0s"), `^failed +resolve +"dht.libtorrent.org:25401", .*this machine has no network`, `^A lookup would not work`)

	i.settle(addresses)
	live := []string{"--live", "--bootstrap", "45.0.0.1:6881,[2a00:1::1]:6881", "--listen", "45.0.0.4:0,[2a00:4::1]:0"}
	run := append([]string{"run"}, live...)
	out = i.run(0, append(run, "--state", "me.jsonl", "-e", "print(#dht.table, dht.network)")...)
	i.expect(out, `^4\tudp$`) // two in each network; those it entered through stay out of it
	out = i.run(0, "run", "--live", "--bootstrap", "nowhere.invalid:6881", "--listen", "45.0.0.4:0", "--state", "me.jsonl", "-e", "print(dht.table:count('good'))")
	i.expect(out, `^[23]$`) // through those it knew
	out = i.run(0, append(append([]string{"doctor"}, live...), "--wait", "200ms")...)
	i.expect(out, `^ok +ping +1 of 1 address answered`, `^ok +lookup +\d nodes? near our own id`, `^ok +address +45.0.0.4:\d+, as \d of \d nodes see it: its own, no NAT between`,
		`^ok +address +\[2a00:4::1\]:\d+`, `^A lookup works from here`)
	out = i.run(0, append(append([]string{"node"}, live...), "--timeout", "1ms")...)
	i.expect(out, `^listening on 45.0.0.4:\d+$`, `^listening on \[2a00:4::1\]:\d+$`)

	// A node of the public DHT has nothing to do with addresses that are not public.
	out = i.run(2, "run", "--live", "--bootstrap", "127.0.0.1:6881", "-e", "print(1)")
	i.expect(out, `^lightdht: --bootstrap: 127.0.0.1:6881 is no public address; a network of your own is entered with --join`)
}

// start starts lightdht there, and returns once it has said this. It ends with the test.
func start(t *testing.T, i *island, until string, args ...string) {
	t.Helper()
	c := i.command(args...)
	pipe, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stderr = c.Stdout
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
	})
	buf := make([]byte, 4096)
	for said := ""; !strings.Contains(said, until); {
		got, err := pipe.Read(buf)
		if said += string(buf[:got]); err != nil {
			t.Fatalf("%v said %q, and no more: %v", args, said, err)
		}
	}
	go io.Copy(io.Discard, pipe) // or it would stop once the pipe is full
}
