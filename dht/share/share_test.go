package share

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/lightdht/lightdht/dht/krpc"
)

// noise is what cannot be compressed.
func noise(n int) []byte {
	b := make([]byte, n)
	source := rand.NewChaCha8([32]byte{1})
	source.Read(b)
	return b
}

func cut(t testing.TB, data []byte) *Pieces {
	t.Helper()
	p, err := Cut("x.lua", data)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// shelf is a network in which all items are found.
func (p *Pieces) shelf() map[krpc.ID][]byte {
	all := map[krpc.ID][]byte{}
	for _, it := range p.Items {
		all[it.Target()] = it.Value
	}
	return all
}

// gather puts a file together. It fails if that takes more questions than there are items.
func gather(t *testing.T, target krpc.ID, shelf map[krpc.ID][]byte) ([]byte, error) {
	t.Helper()
	g := NewGather(target)
	for asked := 0; !g.Done(); {
		missing := g.Missing()
		if len(missing) == 0 {
			t.Fatal("not done, and nothing is missing")
		}
		for _, id := range slices.Backward(missing) { // in no helpful order
			if asked++; asked > 2*maxChunks {
				t.Fatal("it never ends")
			}
			if err := g.Take(id, shelf[id]); err != nil {
				return nil, err
			}
		}
	}
	return g.Data()
}

func TestRoundTrip(t *testing.T) {
	for _, n := range []int{0, 1, chunkLen - 5, chunkLen - 4, 2 * chunkLen, rootLen*chunkLen - 100, rootLen * chunkLen, 100_000, MaxPacked - 100} {
		for what, data := range map[string][]byte{"noise": noise(n), "zeros": make([]byte, n)} {
			p := cut(t, data)
			for _, it := range p.Items {
				if reason := it.Check(); reason != nil {
					t.Fatalf("%d bytes of %s: an item of %d bytes that no node takes: %v", n, what, len(it.Value), reason)
				}
			}
			if got, err := gather(t, p.Target, p.shelf()); err != nil || !bytes.Equal(got, data) {
				t.Errorf("%d bytes of %s: %d bytes came back, %v", n, what, len(got), err)
			}
			if last := p.Items[len(p.Items)-1]; last.Target() != p.Target || len(p.Items) > p.Root.Items() {
				t.Errorf("%d bytes of %s: %d items, the root says %d", n, what, len(p.Items), p.Root.Items())
			}
		}
	}
}

// The longest name and the most hashes still fit into one value.
func TestLargestRoot(t *testing.T) {
	p, err := Cut(strings.Repeat("n", MaxName), noise(rootLen*chunkLen-100))
	if err != nil {
		t.Fatal(err)
	}
	if root := p.Items[len(p.Items)-1]; len(p.Root.pieces) != rootLen || root.Check() != nil {
		t.Errorf("%d hashes, %d bytes: %v", len(p.Root.pieces), len(root.Value), root.Check())
	}
}

func TestCutRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"x.lua", noise(MaxPacked + 1), "bytes after compression; at most 262144 can be shared"},
		{"x.lua", make([]byte, MaxSize+1), "4194305 bytes; at most 4194304 can be shared"},
		{"", nil, `"" is no name of a file`},
		{"a/b", nil, `"a/b" is no name of a file`},
		{".x", nil, `".x" is no name of a file`},
		{"-rf", nil, `"-rf" is no name of a file`},
		{"\x1b[2J", nil, `"\x1b[2J" is no name of a file`},
		{strings.Repeat("n", MaxName+1), nil, "is no name of a file"},
	} {
		if _, err := Cut(c.name, c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}

// rooted is a file with a root of our making, whose hashes are those of values.
func rooted(fields map[string]any, values ...string) (krpc.ID, map[krpc.ID][]byte) {
	shelf := map[krpc.ID][]byte{}
	var ids []krpc.ID
	for _, v := range values {
		value := krpc.AppendString(nil, v)
		ids = append(ids, krpc.ValueTarget(value))
		shelf[krpc.ValueTarget(value)] = value
	}
	all := map[string]any{"ld": int64(1), "name": "x.lua", "size": int64(5), "pack": int64(10), "sha256": strings.Repeat("s", 32), "pieces": joined(ids)}
	for key, v := range fields {
		all[key] = v
	}
	value, err := krpc.EncodeValue(all)
	if err != nil {
		panic(err)
	}
	target := krpc.ValueTarget(value)
	shelf[target] = value
	return target, shelf
}

// Whatever an author does, it ends in one line, after few questions.
func TestHostileFiles(t *testing.T) {
	bomb := compress(make([]byte, 900_000)) // under 996 bytes
	stored := compress([]byte("hello"))
	index := strings.Repeat("i", idLen*indexLen)
	for _, c := range []struct {
		name   string
		fields map[string]any
		pieces []string
		want   string
	}{
		{"a million chunks", map[string]any{"pack": int64(1_000_000 * chunkLen)}, []string{"x"}, "at most 262144 can be shared"},
		{"more chunks than fit a number", map[string]any{"pack": int64(1) << 40}, []string{"x"}, "not what a shared file begins with"},
		{"nothing in it", map[string]any{"pack": int64(0)}, nil, "cannot be"},
		{"less than nothing", map[string]any{"size": int64(-1)}, []string{"x"}, "cannot be"},
		{"a giant", map[string]any{"size": int64(MaxSize + 1)}, []string{"x"}, "at most 4194304 can be shared"},
		{"too few hashes", map[string]any{"pack": int64(2 * chunkLen)}, []string{"x"}, "20 bytes of hashes, and its size takes 40"},
		{"too many hashes", nil, []string{"x", "y"}, "40 bytes of hashes, and its size takes 20"},
		{"half a hash", map[string]any{"pieces": strings.Repeat("x", 30)}, nil, "30 bytes of hashes, and its size takes 20"},
		{"hashes of another kind", map[string]any{"pieces": []any{}}, nil, "not what a shared file begins with"},
		{"no digest", map[string]any{"sha256": "short"}, []string{"x"}, "not what a shared file begins with"},
		{"a later version", map[string]any{"ld": int64(2)}, []string{"x"}, "version 2 is of a newer lightdht; this one knows 1"},
		{"no version", map[string]any{"ld": "1"}, []string{"x"}, "not what a shared file begins with"},
		{"a name that leads out", map[string]any{"name": "../x"}, []string{"x"}, `"../x" is no name of a file`},
		{"a short chunk", nil, []string{"x"}, "an item of 1 bytes where one of 10 belongs"},
		{"a long chunk", map[string]any{"pack": int64(1)}, []string{"xx"}, "an item of 2 bytes where one of 1 belongs"},
		{"a short index", map[string]any{"pack": int64(41 * chunkLen)}, []string{"x"}, "an item of 1 bytes where one of 820 belongs"},
		{"an index of itself", map[string]any{"pack": int64(50 * chunkLen)}, []string{index, index}, "an item of 980 bytes where one of 20 belongs"},
		{"junk", nil, []string{"0123456789"}, "does not decompress"},
		{"a bomb", map[string]any{"pack": int64(len(bomb))}, []string{string(bomb)}, "is not the 5 bytes that it is said to be"},
		{"a size too large", map[string]any{"pack": int64(len(stored)), "size": int64(6)}, []string{string(stored)}, "is not the 6 bytes"},
		{"something behind it", map[string]any{"pack": int64(len(stored) + 1)}, []string{string(stored) + "x"}, "is not the 5 bytes"},
		{"another digest", map[string]any{"pack": int64(len(stored))}, []string{string(stored)}, "does not have the digest"},
	} {
		target, shelf := rooted(c.fields, c.pieces...)
		_, err := gather(t, target, shelf)
		if err == nil || !strings.HasPrefix(err.Error(), "share: ") || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

// A node that lies is found out, and what is not asked for is not taken.
func TestTake(t *testing.T) {
	p := cut(t, noise(50_000)) // with indexes
	shelf := p.shelf()
	g := NewGather(p.Target)
	chunk := p.Items[0]
	for want, take := range map[string]func() error{
		"has another hash": func() error { return g.Take(p.Target, chunk.Value) },
		"is none that is":  func() error { return g.Take(chunk.Target(), chunk.Value) },
	} {
		if err := take(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if _, err := g.Data(); err == nil || g.Done() {
		t.Error("there is a file before there is a root")
	}
	if err := g.Take(p.Target, shelf[p.Target]); err != nil {
		t.Fatal(err)
	}
	if root, ok := g.Root(); !ok || root.Name != "x.lua" || root.Size != 50_000 {
		t.Errorf("root %+v", root)
	}
	if have, all := g.Progress(); have != 1 || all != len(p.Items) {
		t.Errorf("%d of %d", have, all)
	}
	if err := g.Take(p.Target, shelf[p.Target]); err == nil {
		t.Error("the root was taken twice")
	}
	if err := g.Take(chunk.Target(), chunk.Value); err == nil {
		t.Error("a chunk was taken before its index was there")
	}
	for _, id := range g.Missing() {
		if err := g.Take(id, []byte("le")); err == nil {
			t.Error("a lie was taken")
		}
	}
}

func TestLinks(t *testing.T) {
	key := strings.Repeat("0f", 32)
	for _, text := range []string{"lightdht:" + strings.Repeat("a1", 20), "lightdht:" + key + "/walks", "lightdht:" + key + "/a-B_c.9"} {
		l, err := ParseLink(text)
		if err != nil || l.String() != text {
			t.Errorf("%s: %v, %v", text, l, err)
		}
	}
	upper, err := ParseLink("LIGHTDHT:" + strings.Repeat("A1", 20))
	if err != nil || upper.String() != "lightdht:"+strings.Repeat("a1", 20) {
		t.Errorf("in capitals: %v, %v", upper, err)
	}
	for text, want := range map[string]string{
		"http://x":                             "begins with lightdht:",
		"lightdht:":                            "is lightdht: with 40 hex digits",
		"lightdht:xyz":                         "is lightdht: with 40 hex digits",
		"lightdht:" + strings.Repeat("a1", 19): "is lightdht: with 40 hex digits",
		"lightdht:" + strings.Repeat("a1", 20) + "/": "is lightdht: with 40 hex digits",
		"lightdht:" + key:                                 "has a name too",
		"lightdht:" + key + "/":                           "a name has 1 to 64 characters, got 0",
		"lightdht:" + key + "/a/b":                        "a name is made of",
		"lightdht:" + key + "/" + strings.Repeat("n", 65): "got 65",
	} {
		if _, err := ParseLink(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
	if IsLink("lightdh") || !IsLink("Lightdht:x") {
		t.Error("what is meant as a link")
	}
}

func TestPointer(t *testing.T) {
	root := krpc.ID{1, 2, 3}
	it := krpc.Item{Value: Pointer(root)}
	if got, err := ParsePointer(it.Value); err != nil || got != root || it.Check() != nil {
		t.Errorf("%v, %v, %v", got, err, it.Check())
	}
	for _, value := range []string{"", "le", "de", "d2:ldi1ee", "d2:ldi1e4:root3:abce", "d2:ldi2e4:root20:" + strings.Repeat("x", 20) + "e"} {
		if _, err := ParsePointer([]byte(value)); err == nil {
			t.Errorf("%q leads somewhere", value)
		}
	}
	if _, err := gather(t, it.Target(), map[krpc.ID][]byte{it.Target(): it.Value}); err == nil || !strings.Contains(err.Error(), "not what a shared file begins with") {
		t.Errorf("a pointer to a pointer: %v", err)
	}
}

// Items in any order, true or not, end in the file or in an error.
func FuzzGather(f *testing.F) {
	p := cut(f, noise(1500))
	f.Add([]byte(p.Items[2].Value), []byte(p.Items[0].Value), []byte(p.Items[1].Value))
	target, shelf := rooted(nil, "0123456789")
	f.Add(shelf[target], []byte("10:0123456789"), []byte("x"))
	f.Fuzz(func(t *testing.T, root, a, b []byte) {
		g := NewGather(krpc.ValueTarget(root))
		for _, v := range [][]byte{root, a, b, a} {
			if g.Take(krpc.ValueTarget(v), v) == nil && g.Done() {
				break
			}
		}
		have, all := g.Progress()
		if have > all || g.Done() != (have == all && have > 0) || g.Done() != (len(g.Missing()) == 0) {
			t.Errorf("%d of %d, done: %v, missing: %v", have, all, g.Done(), g.Missing())
		}
		if data, err := g.Data(); err == nil {
			if r, _ := g.Root(); len(data) != r.Size {
				t.Errorf("%d bytes, not %d", len(data), r.Size)
			}
		}
	})
}

func FuzzParseLink(f *testing.F) {
	f.Add("lightdht:" + strings.Repeat("a1", 20))
	f.Add("lightdht:" + strings.Repeat("0f", 32) + "/walks")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := ParseLink(text)
		if err != nil {
			return
		}
		if again, err := ParseLink(l.String()); err != nil || again != l {
			t.Errorf("%q: %v became %v, %v", text, l, again, err)
		}
	})
}

func FuzzParsePointer(f *testing.F) {
	f.Add(Pointer(krpc.ID{1}))
	f.Fuzz(func(t *testing.T, value []byte) {
		root, err := ParsePointer(value)
		if err == nil && !bytes.Contains(value, root[:]) {
			t.Errorf("%q leads to %v", value, root)
		}
	})
}
