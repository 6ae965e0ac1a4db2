package interop

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lightdht/lightdht/dht"
)

// inSharing is how many nodes keep what is shared.
const inSharing = 10

// TestShare puts scripts into a network of one client's nodes only, ends the process that did, and
// has others fetch and run them. anacrolix/dht cannot keep one: it refuses immutable items without
// a seq.
func TestShare(t *testing.T) {
	t.Parallel() // it mostly waits
	for _, c := range []client{libtorrent, bittorrentDHT} {
		t.Run(c.name, func(t *testing.T) {
			t.Run("by its hash", func(t *testing.T) { sharesByHash(t, startSharing(t, c)) })
			t.Run("under a key", func(t *testing.T) { sharesUnderKey(t, startSharing(t, c)) })
		})
	}
}

func sharesByHash(t *testing.T, keepers []string) {
	script := script(t)
	link := ends(t, "share", keepers[1], script)
	fetches(t, keepers[2], link, script)
	if out := ends(t, "run", keepers[3], "--read-only", "--yes", link, "with thanks"); out != "shared with thanks" {
		t.Errorf("running %s printed %q", link, out)
	}
}

// sharesUnderKey shares two versions, of which others must get the newest.
func sharesUnderKey(t *testing.T, keepers []string) {
	key := newKeyFile(t)
	share := func(script string) string {
		return ends(t, "share", keepers[4], "--key", key, "--name", "survey", script)
	}
	first, second := script(t), script(t)
	link := share(first)
	fetches(t, keepers[5], link, first)
	if again := share(second); again != link {
		t.Errorf("the second version is at %s, the first at %s", again, link)
	}
	fetches(t, keepers[6], link, second)
}

func newKeyFile(t *testing.T) string {
	t.Helper()
	program, err := lightdhtProgram()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "author.key")
	if out, err := exec.Command(program, "key", "new", path).CombinedOutput(); err != nil {
		t.Fatalf("lightdht key new: %v\n%s", err, out)
	}
	return path
}

// startSharing runs a network of one client's nodes, and returns when the first, through which the
// others joined, names as many of them as it should.
func startSharing(t *testing.T, c client) []string {
	t.Helper()
	entry := startPeer(t, c, 1).addrs[0]
	p := startPeer(t, c, inSharing, entry)
	asker, named := guest(t), 0
	eventually(t, func() bool {
		for i := range p.addrs {
			await(t, c.name+" to look around", p.ask(request{Node: i, Do: "look"}))
		}
		named = len(contacts(asker.ask(t, entry, dht.Call{Method: "find_node", Target: krpcID(t, infoHash())})))
		return named >= 8
	}, func() string { return fmt.Sprintf("%s names %d nodes, not 8", entry, named) })
	return p.addrs
}

// script writes one that cannot be compressed into a single item.
func script(t *testing.T) string {
	t.Helper()
	noise := make([]byte, 4000)
	rand.Read(noise)
	path := filepath.Join(t.TempDir(), "survey.lua")
	text := fmt.Sprintf("print(\"shared \" .. arg[1])\n-- %s\n", hex.EncodeToString(noise))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// fetches compares what a link leads to with what was shared.
func fetches(t *testing.T, join, link, script string) {
	t.Helper()
	got := filepath.Join(t.TempDir(), "fetched.lua")
	ends(t, "fetch", join, "--read-only", link, "-o", got)
	fetched, err := os.ReadFile(got)
	if err != nil {
		t.Fatal(err)
	}
	if shared, _ := os.ReadFile(script); !bytes.Equal(fetched, shared) {
		t.Errorf("%s leads to %d bytes, not the %d that were shared", link, len(fetched), len(shared))
	}
}

// ends runs lightdht to its end and returns the first line it printed.
func ends(t *testing.T, subcommand, join string, args ...string) string {
	t.Helper()
	p := start(t, subcommand, join, args...)
	stdout, stderr, code := p.rest()
	if code != 0 {
		t.Fatalf("lightdht %s %s: exit code %d\n%s", subcommand, strings.Join(args, " "), code, strings.Join(stderr, "\n"))
	}
	t.Logf("lightdht %s %q: %q %q", subcommand, args, stdout, stderr)
	return strings.Join(slices.Concat(stdout, []string{""})[:1], "")
}
