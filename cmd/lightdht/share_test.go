package main

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/client"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/share"
	"github.com/lightdht/lightdht/dht/udp"
	"github.com/lightdht/lightdht/engine/files"
	"github.com/lightdht/lightdht/luabind/experiment"
)

// members makes a network of n nodes on the loopback interface, and returns the
// address of one and a client of another.
func members(t *testing.T, n int) (entry string, c *client.Client, all []*udp.Host) {
	t.Helper()
	for i := range n {
		cfg := udp.Config{Listen: netip.MustParseAddrPort("127.0.0.1:0")}
		if i > 0 {
			cfg.Node.Bootstrap = []netip.AddrPort{all[0].Addr()}
		}
		h, err := udp.Listen(cfg)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { h.Close() })
		all, c = append(all, h), client.New(h)
		if i > 0 {
			if _, err := c.Bootstrap(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	return all[0].Addr().String(), c, all
}

// said runs a command as main would, without a terminal.
func said(t *testing.T, in string, args ...string) (code int, out, errout string) {
	t.Helper()
	var stdout, stderr strings.Builder
	h := &host{
		streams: streams{in: strings.NewReader(in), out: &stdout, errout: &stderr}, args: args,
		readFile: files.Read,
		lookup:   net.DefaultResolver.LookupNetIP, now: time.Now, exit: func(int) { t.Error("the process was ended") },
	}
	code = h.run(t.Context())
	return code, stdout.String(), stderr.String()
}

// stock puts immutable items into the network.
func stock(t *testing.T, c *client.Client, values ...[]byte) {
	t.Helper()
	for _, v := range values {
		if r, err := c.Put(t.Context(), krpc.Item{Value: v}, nil, dht.SearchConfig{}); err != nil || r.Stored == 0 {
			t.Fatalf("nobody stored %q: %v", v, err)
		}
	}
}

// lies answers every get with a value that was not asked for.
func lies(own *udp.Host) {
	own.Do(func(_ dht.Time, n *dht.Node) {
		n.SetHooks(dht.Hooks{Query: func(now dht.Time, q *dht.Incoming) bool {
			if string(q.Message.Method) == "get" {
				q.Reply(now, []byte("d5:token1:x1:v5:helloe"))
				return true
			}
			return false
		}})
	})
}

// A file is had from those who hold it after its sharer has gone, though half of
// them lie.
func TestShareAndFetch(t *testing.T) {
	entry, _, all := members(t, 6)
	dir := t.TempDir()
	path, copied := filepath.Join(dir, "x.lua"), filepath.Join(dir, "copy.lua")
	source := bytes.Repeat([]byte("print('hello') -- "+t.Name()+"\n"), 20)
	if err := os.WriteFile(path, source, 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errout := said(t, "", "share", "--join", entry, path)
	if code != exitDone || !share.IsLink(out) || !strings.Contains(errout, "2 pieces, each on ") {
		t.Fatalf("share: %d\n%s%s", code, out, errout)
	}
	for _, h := range all[3:] {
		lies(h)
	}
	link := strings.TrimSpace(out)
	if code, out, errout = said(t, "", "fetch", "--join", entry, link, "-o", copied); code != exitDone {
		t.Fatalf("fetch: %d\n%s%s", code, out, errout)
	}
	if got, err := os.ReadFile(copied); err != nil || !bytes.Equal(got, source) {
		t.Errorf("%d bytes came back, %v", len(got), err)
	}
	if code, _, errout = said(t, "", "fetch", "--join", entry, link, "-o", copied); code != exitMisused || !strings.Contains(errout, "exists already and stays as it is") {
		t.Errorf("over a file that is there: %d\n%s", code, errout)
	}
	if code, _, errout = said(t, "", "run", "--from", entry, link); code != exitMisused || !strings.Contains(errout, "there is nobody to ask: say --yes") {
		t.Errorf("unseen: %d\n%s", code, errout)
	}
	if code, out, errout = said(t, "", "run", "--sim", "20", "--from", entry, "--yes", link); code != exitDone || !strings.HasPrefix(out, "hello\n") {
		t.Errorf("run: %d\n%s%s", code, out, errout)
	}
	// --listen is where it is got from, if it runs on a simulated network.
	if code, out, errout = said(t, "", "run", "--sim", "20", "--from", entry, "--listen", "127.0.0.1:0", "--yes", link); code != exitDone || !strings.HasPrefix(out, "hello\n") {
		t.Errorf("run with --listen: %d\n%s%s", code, out, errout)
	}
	if code, _, errout = said(t, "", "run", "--sim", "20", "--from", entry, "--listen", entry, "--yes", link); code != exitNoNetwork || !strings.Contains(errout, entry+" is in use by another program") {
		t.Errorf("run with --listen at a port that is taken: %d\n%s", code, errout)
	}
	for i, h := range all {
		h.Do(func(_ dht.Time, n *dht.Node) {
			if known := n.Table().Len(); known > len(all)-1 {
				t.Errorf("node %d knows %d others: who came for a moment is among them", i, known)
			}
		})
	}
}

// A link of a key leads to the newest file, and only its owner can change that.
func TestSharedUnderAKey(t *testing.T) {
	entry, c, _ := members(t, 4)
	dir := t.TempDir()
	key := filepath.Join(dir, "me.key")
	if code, out, errout := said(t, "", "key", "new", key); code != exitDone || len(out) != 65 {
		t.Fatalf("key: %d\n%s%s", code, out, errout)
	}
	link := ""
	for _, text := range []string{"one", "two", "two"} {
		path := filepath.Join(dir, text+".lua")
		if err := os.WriteFile(path, []byte("print('"+text+"')"), 0o600); err != nil {
			t.Fatal(err)
		}
		code, out, errout := said(t, "", "share", "--join", entry, "--key", key, "--name", "numbers", path)
		if code != exitDone {
			t.Fatalf("share: %d\n%s%s", code, out, errout)
		}
		if before := link; before != "" && before != strings.TrimSpace(out) {
			t.Errorf("the link was %s and is %s", before, out)
		}
		link = strings.TrimSpace(out)
		if code, out, errout := said(t, "", "run", "--sim", "20", "--from", entry, "-y", link); code != exitDone || out != text+"\n" {
			t.Errorf("%s: %d\n%s%s", text, code, out, errout)
		}
	}
	code, _, errout := said(t, "", "fetch", "--join", entry, strings.Replace(link, "numbers", "letters", 1))
	if code != exitFailed || !strings.Contains(errout, "nobody has what this key shared under that name") {
		t.Errorf("another name: %d\n%s", code, errout)
	}

	// What the owner points at is no file, but itself again.
	_, secret, _ := ed25519.GenerateKey(nil)
	item := krpc.Item{Value: share.Pointer(krpc.ValueTarget(share.Pointer(krpc.ID{1}))), Salt: []byte("x"), Seq: 1}
	item.Sign(secret)
	stock(t, c, share.Pointer(krpc.ID{1}))
	if r, err := c.Put(t.Context(), item, nil, dht.SearchConfig{}); err != nil || r.Stored == 0 {
		t.Fatal(err)
	}
	code, _, errout = said(t, "", "fetch", "--join", entry, share.Link{Key: item.Key, Name: "x"}.String())
	if code != exitFailed || !strings.Contains(errout, "this is not what a shared file begins with") {
		t.Errorf("a pointer to a pointer: %d\n%s", code, errout)
	}
}

// packed is compressed.
func packed(data []byte) string {
	var b strings.Builder
	w, _ := flate.NewWriter(&b, flate.BestCompression)
	w.Write(data)
	w.Close()
	return b.String()
}

// Whatever is wrong with what is found, it ends in one line, with exit code 1.
func TestFetchRefuses(t *testing.T) {
	entry, c, _ := members(t, 3)
	noise := make([]byte, 60_000)
	io.ReadFull(strings.NewReader(strings.Repeat("q7Zr", 20_000)), noise)
	for i := range noise { // so that it takes several pieces
		noise[i] ^= byte(i * i >> 7)
	}
	pieces, err := share.Cut("lost.lua", noise)
	if err != nil || len(pieces.Items) < 4 {
		t.Fatalf("%d pieces, %v", len(pieces.Items), err)
	}
	stock(t, c, pieces.Items[0].Value, pieces.Items[len(pieces.Items)-1].Value)
	bomb := packed(make([]byte, 900_000))
	root := func(pieces string, more map[string]any) []byte {
		fields := map[string]any{"ld": int64(1), "name": "x.lua", "size": int64(5), "pack": int64(len(bomb)), "sha256": strings.Repeat("s", 32), "pieces": pieces}
		for name, v := range more {
			fields[name] = v
		}
		value, err := krpc.EncodeValue(fields)
		if err != nil {
			t.Fatal(err)
		}
		stock(t, c, value)
		return value
	}
	chunk := krpc.AppendString(nil, bomb)
	stock(t, c, chunk, []byte("le"))
	hash := func(value []byte) string { id := krpc.ValueTarget(value); return string(id[:]) }
	broken, err := share.Cut("broken.lua", []byte("print('a'"))
	if err != nil {
		t.Fatal(err)
	}
	stock(t, c, broken.Items[0].Value, broken.Items[1].Value)
	for _, test := range []struct {
		target krpc.ID
		want   string
	}{
		{krpc.ID{1}, "nobody has it: it was not shared on this network"},
		{pieces.Target, "pieces: those who held them have gone, and nobody keeps it; try again later"},
		{krpc.ValueTarget([]byte("le")), "this is not what a shared file begins with"},
		{krpc.ValueTarget(root(hash(chunk), nil)), "the file is not the 5 bytes that it is said to be"},
		{krpc.ValueTarget(root(hash(chunk), map[string]any{"pack": int64(996_000_000)})), "996000000 bytes after compression; at most 262144 can be shared"},
		{krpc.ValueTarget(root(hash([]byte("le")), nil)), "an item that is no piece of a file"},
		{krpc.ValueTarget(root(hash(chunk), map[string]any{"name": "../../x"})), `"../../x" is no name of a file`},
	} {
		link := share.Link{Root: test.target}.String()
		code, _, errout := said(t, "", "run", "--yes", "--from", entry, link)
		if code != exitFailed || !strings.Contains(errout, test.want) || strings.Count(errout, "\n") != 1 {
			t.Errorf("exit code %d, want 1; want %q:\n%s", code, test.want, errout)
		}
	}
	code, _, errout := said(t, "", "run", "--yes", "--from", entry, "--sim", "20", share.Link{Root: broken.Target}.String())
	if code != exitFailed || !strings.Contains(errout, "broken.lua:1") {
		t.Errorf("a script that is none: %d\n%s", code, errout)
	}
}

// What strangers share meets nothing that is in its user's folder, and gets no name
// there that means something to other programs.
func TestSharedKeepsToItself(t *testing.T) {
	entry, c, _ := members(t, 3)
	t.Chdir(t.TempDir())
	if err := os.MkdirAll("x.run", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("x.run", "mine"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	put := func(name, source string) (link string) {
		pieces, err := share.Cut(name, []byte(source))
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range pieces.Items {
			stock(t, c, it.Value)
		}
		return share.Link{Root: pieces.Target}.String()
	}
	link := put("x.lua", "print(io.open('mine')) local f = io.open('mine', 'w') f:write('theirs') f:close()")
	code, out, errout := said(t, "", "run", "--sim", "20", "--from", entry, "--yes", link)
	if code != exitDone || !strings.HasPrefix(out, "nil\tcannot read") {
		t.Errorf("%d\n%s%s", code, out, errout)
	}
	for path, want := range map[string]string{"x.run/mine": "secret", "x.run-2/mine": "theirs"} {
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
	link = put("Makefile", "print(1)")
	code, _, errout = said(t, "", "fetch", "--join", entry, link)
	if _, err := os.Stat("Makefile"); err == nil || code != exitMisused || !strings.Contains(errout, "its author calls it Makefile") {
		t.Errorf("%d, %v, %s", code, err, errout)
	}
	if code, _, errout = said(t, "", "run", "--allow-read", "nowhere", "--sim", "20", "-e", "print(1)"); code != exitMisused || !strings.Contains(errout, "--allow-read: there is no folder nowhere") {
		t.Errorf("%d, %s", code, errout)
	}
}

// The time of a run is that of getting its script, too; what was spent on that is
// not there for the script.
func TestTimeToFetchCounts(t *testing.T) {
	silent, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	link := share.Link{Root: krpc.ID{1}}.String()
	code, _, errout := said(t, "", "run", "--yes", "--timeout", "50ms", "--from", silent.LocalAddr().String(), link)
	if code != exitTimeout || errout != "lightdht: out of time (--timeout) before all of it was there\n" {
		t.Errorf("%d, %s", code, errout)
	}
	if code, _, errout = said(t, "", "run", "--yes", "--timeout=-1s", link); code != exitMisused || !strings.Contains(errout, "--timeout must not be negative") {
		t.Errorf("%d, %s", code, errout)
	}
	ctx, over := (&host{}).limitTime(t.Context(), &runOptions{timeout: time.Hour, spent: time.Hour})
	defer over()
	if <-ctx.Done(); context.Cause(ctx) != experiment.ErrOutOfTime {
		t.Error(context.Cause(ctx))
	}
}

// Keys are for their owner's eyes, and never lost.
func TestKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "me.key")
	code, public, errout := said(t, "", "key", "new", path)
	if code != exitDone {
		t.Fatal(errout)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if code, out, _ := said(t, "", "key", "show", path); code != exitDone || out != public {
		t.Errorf("show: %d, %s", code, out)
	}
	for mode, warns := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o640: true, 0o604: true, 0o620: true} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		want := ""
		if warns {
			want = fmt.Sprintf("lightdht: others than you can get at the key in %s; \"chmod 600 %s\" keeps it to yourself\n", path, path)
		}
		if code, out, errout := said(t, "", "key", "show", path); code != exitDone || out != public || errout != want {
			t.Errorf("mode %o: %d, %s%s", mode, code, out, errout)
		}
	}
	if code, _, errout := said(t, "", "key", "new", path); code != exitMisused || !strings.Contains(errout, "exists already and stays as it is") {
		t.Errorf("again: %d, %s", code, errout)
	}
	for text, want := range map[string]string{
		"": "it is no key file", "abcd\n": "it is no key file", strings.Repeat("00", 32) + "\n": "it is no key file",
		`{"format":"lightdht key 1","public":"00","secret":"` + strings.Repeat("01", 32) + `"}`: "its public key is not that of its secret",
	} {
		if err := errors.Join(os.Chmod(path, 0o600), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
		if code, _, errout := said(t, "", "key", "show", path); code != exitMisused || !strings.Contains(errout, want) || strings.Contains(errout, "0101") {
			t.Errorf("%q: %d, %s", text, code, errout)
		}
	}
}

// An answer is one line, and what follows it is the script's to read; Ctrl-C is
// an answer too.
func TestAsk(t *testing.T) {
	for text, want := range map[string]string{"y\nrest": "y", " YES\r\nrest": "yes", "\nrest": "", "yet\nrest": "yet", strings.Repeat("y", 3*maxAnswer): strings.Repeat("y", maxAnswer), "": ""} {
		in := strings.NewReader(text)
		h := &host{streams: streams{in: in, errout: io.Discard}}
		answer, err := h.ask(t.Context(), "Run it?")
		if err != nil || answer != want {
			t.Errorf("%q: %q, %v", text, answer, err)
		}
		if rest, _ := io.ReadAll(in); strings.HasSuffix(text, "rest") && string(rest) != "rest" {
			t.Errorf("%q: %q was left", text, rest)
		}
	}
	silent, end := io.Pipe()
	defer end.Close()
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	var errout strings.Builder
	if _, err := (&host{streams: streams{in: silent, errout: &errout}}).ask(ctx, "Run it?"); err == nil || errout.String() != "Run it?\n" {
		t.Errorf("nobody said anything, and it went on: %v, %q", err, errout.String())
	}
}
