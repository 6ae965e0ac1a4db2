package bundle

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"strings"
	"testing"

	"github.com/lightdht/lightdht/engine/record"
)

// example is a bundle with something of everything.
func example(t testing.TB) *Bundle {
	t.Helper()
	var rows bytes.Buffer
	results := record.New(record.Limits{}, record.NewLines(&rows))
	if err := results.Add("", record.Row{{Name: "hops", Value: 3}}); err != nil {
		t.Fatal(err)
	}
	source, module := "require 'deep.steps'\n", "return 1\n"
	return &Bundle{
		Version: "1.0", Title: "Hops", Description: "Counts <hops>.\nTwice.", Script: "hops.lua",
		Files:      []File{{"data/list.txt", []byte("a\nb\n")}, {"deep/steps.lua", []byte(module)}, {"hops.lua", []byte(source)}},
		Parameters: record.Row{{Name: "rounds", Value: "5"}},
		Args:       []record.Raw{"--fast", "\xff"},
		Network:    record.Row{{Name: "seed", Value: "7"}, {Name: "latency.median", Value: "0.1"}},
		Run: &Run{
			Manifest: record.Manifest{
				Version: "1.0", Script: record.NewScript("hops.lua", source), Results: results.Digest(), Rows: results.Rows(),
				Modules: []record.Module{{Name: "deep.steps", SHA256: record.NewScript("", module).SHA256}}, Args: []record.Raw{},
				Parameters: record.Row{}, Network: record.Row{{Name: "kind", Value: "sim"}},
			},
			Results: rows.Bytes(), Output: []byte("done\n"),
		},
	}
}

func encode(t testing.TB, b *Bundle) []byte {
	t.Helper()
	data, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestRoundTrip(t *testing.T) {
	b := example(t)
	data := encode(t, b)
	read, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	b.Run.Manifest.Schema = record.Schema
	if !reflect.DeepEqual(read, b) {
		t.Errorf("got %+v\nwant %+v", read, b)
	}
	if again := encode(t, read); !bytes.Equal(again, data) {
		t.Error("the same bundle gave other bytes")
	}
	without := example(t)
	without.Run = nil
	if read, err := Parse(encode(t, without)); err != nil || read.Run != nil {
		t.Errorf("never run: %+v, %v", read.Run, err)
	}
}

// Other programs can open it, and it tells what it is.
func TestREADME(t *testing.T) {
	data := encode(t, example(t))
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	text, err := fs.ReadFile(r, readmeName)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Hops\n====\n", "Counts <hops>.", "network: seed = 7", "parameters: rounds = 5", `argument: "\xff"`, "lightdht verify"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not in it:\n%s", want, text)
		}
	}
}

// What cannot be read back is not written either.
func TestEncodeRefuses(t *testing.T) {
	for want, spoil := range map[string]func(b *Bundle){
		`the script "x.lua" is not among the files`:              func(b *Bundle) { b.Script = "x.lua" },
		`"data/list.txt" is no name of a script`:                 func(b *Bundle) { b.Script = "data/list.txt" },
		`"../x" is no name of a file`:                            func(b *Bundle) { b.Files[0].Name = "../x" },
		`"/etc/passwd" is no name of a file`:                     func(b *Bundle) { b.Files[0].Name = "/etc/passwd" },
		`begins with a dot`:                                      func(b *Bundle) { b.Files[0].Name = "a/.ssh" },
		`the name "hops.lua" is there twice`:                     func(b *Bundle) { b.Files[0].Name = "HOPS.lua" },
		`"deep/steps.lua" is the name of a file and of a folder`: func(b *Bundle) { b.Files[0].Name = "deep/steps.lua/x" },
		`is an archive itself`:                                   func(b *Bundle) { b.Files[0].Data = encode(t, example(t)) },
		`1001 files, at most 1000`:                               func(b *Bundle) { b.Files = many(1001) },
		`more than 64 MiB unpacked`:                              func(b *Bundle) { b.Files[0].Data = make([]byte, MaxTotal) },
		`the value of "seed" is not a string`:                    func(b *Bundle) { b.Network[0].Value = 7 },
		`the run is one of another script`:                       func(b *Bundle) { b.Files[2].Data = []byte("other") },
		`the run had another module "deep.steps"`:                func(b *Bundle) { b.Files[1].Data = []byte("other") },
		`the run had a module "gone", which is not`:              func(b *Bundle) { b.Run.Manifest.Modules[0].Name = "gone" },
		`the results do not have the digest that the manifest`:   func(b *Bundle) { b.Run.Results = nil },
		`an output of 1048577 bytes`:                             func(b *Bundle) { b.Run.Output = make([]byte, MaxOutput+1) },
	} {
		b := example(t)
		spoil(b)
		_, err := b.Encode()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func many(n int) []File {
	files := []File{{"hops.lua", []byte("require 'deep.steps'\n")}}
	for i := 1; i < n; i++ {
		files = append(files, File{fmt.Sprintf("%d", i), nil})
	}
	return files
}

// entry is one of a hand-made archive.
type entry struct {
	name string
	text string
	mode fs.FileMode
}

// claim is an entry whose header says how many bytes it has; it has a million zeros.
type claim struct {
	name string
	size uint64
}

// archive makes one of anything: example's entries without those that drop names, and then others.
func archive(t testing.TB, drop string, others ...any) []byte {
	t.Helper()
	all, err := example(t).entries()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range all {
		if f.Name != drop {
			others = append(others, entry{f.Name, string(f.Data), 0o644})
		}
	}
	for _, other := range others {
		if c, ok := other.(claim); ok {
			c.write(t, w)
			continue
		}
		e := other.(entry)
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		h.SetMode(e.mode)
		in, err := w.CreateHeader(h)
		if err == nil && e.mode.IsRegular() {
			_, err = io.WriteString(in, e.text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func (c claim) write(t testing.TB, w *zip.Writer) {
	t.Helper()
	var packed bytes.Buffer
	f, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	f.Write(make([]byte, 1_000_000))
	f.Close()
	out, err := w.CreateRaw(&zip.FileHeader{Name: c.name, Method: zip.Deflate, CompressedSize64: uint64(packed.Len()), UncompressedSize64: c.size})
	if err == nil {
		_, err = out.Write(packed.Bytes())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Whatever a stranger makes, it ends in one clear line.
func TestHostileArchives(t *testing.T) {
	good := archive(t, "")
	if _, err := Parse(good); err != nil {
		t.Fatal("the one that all others are made of:", err)
	}
	crowd := make([]any, MaxFiles+100)
	for i := range crowd {
		crowd[i] = entry{name: fmt.Sprintf("files/%d", i)}
	}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "this is no archive"},
		{"a script", []byte("print(1)"), "this is no archive"},
		{"cut off", good[:len(good)/2], "the archive is damaged"},
		{"only its beginning", []byte(localHeader), "the archive is damaged"},
		{"too large", append(bytes.Clone(good), make([]byte, MaxArchive)...), "more than 32 MiB"},
		{"dots", archive(t, "", entry{"files/../../etc/passwd", "x", 0o644}), `"../../etc/passwd" is no name of a file in the script's folder`},
		{"absolute", archive(t, "", entry{"files//etc/passwd", "x", 0o644}), `"/etc/passwd" is no name of a file in the script's folder`},
		{"backslashes", archive(t, "", entry{`files/..\x`, "x", 0o644}), `is no name of a file`},
		{"a drive", archive(t, "", entry{`files/C:x`, "x", 0o644}), `is no name of a file`},
		{"elsewhere", archive(t, "", entry{"../x", "x", 0o644}), `"../x" has no place in an archive of this kind`},
		{"the folder itself", archive(t, "", entry{"files/", "", fs.ModeDir | 0o755}), `"files/" is a link, a folder or a device`},
		{"escapes", archive(t, "", entry{"files/\x1b[2J", "x", 0o644}), `"\x1b[2J" is no name of a file`},
		{"a link", archive(t, "", entry{"files/link", "/etc/passwd", fs.ModeSymlink | 0o777}), `"files/link" is a link, a folder or a device`},
		{"a folder", archive(t, "", entry{"files/x", "", fs.ModeDir | 0o755}), `"files/x" is a link, a folder or a device`},
		{"a device", archive(t, "", entry{"files/x", "", fs.ModeDevice | 0o644}), `"files/x" is a link, a folder or a device`},
		{"twins", archive(t, "", entry{"files/a", "1", 0o644}, entry{"files/A", "2", 0o644}), `is there twice`},
		{"two heads", archive(t, "", entry{headName, "{}", 0o644}), `the name "lightdht.json" is there twice`},
		{"no head", archive(t, headName), `there is no lightdht.json in it`},
		{"no script", archive(t, "files/hops.lua"), `the script "hops.lua" is not among the files`},
		{"no results", archive(t, resultsName), "the results do not have the digest"},
		{"nested", archive(t, "", entry{"files/x.zip", string(good), 0o644}), `"x.zip" is an archive itself`},
		{"a crowd", archive(t, "", crowd...), "more than 1000 files"},
		{"a bomb", archive(t, "", claim{"files/zeros", MaxTotal + 1}), "more than 64 MiB unpacked"},
		{"a bomb of bombs", archive(t, "", claim{"files/x", MaxTotal/2 + 1}, claim{"files/y", MaxTotal/2 + 1}), "more than 64 MiB unpacked"},
		{"a bomb that overflows", archive(t, "", claim{"files/x", 1 << 63}, claim{"files/y", 1 << 63}), "more than 64 MiB unpacked"},
		{"a hidden bomb", archive(t, "", claim{"files/zeros", 1000}), `"files/zeros" is`},
		{"a head of another kind", archive(t, headName, entry{headName, "[]", 0o644}), "lightdht.json: "},
		{"a later schema", archive(t, headName, entry{headName, `{"schema":2,"more":1}`, 0o644}), "schema 2 is of a newer lightdht; this one knows 1"},
		{"a schema beyond all", archive(t, headName, entry{headName, `{"schema":99999999999999999999}`, 0o644}), `lightdht.json: "schema" cannot be a number 99999999999999999999`},
		{"a manifest of nothing", archive(t, manifestName, entry{manifestName, `{"schema":1}`, 0o644}), `run/manifest.json: the source of "" does not`},
		{"a deep manifest", archive(t, manifestName, entry{manifestName, strings.Repeat("[", 100_000), 0o644}), "run/manifest.json: "},
		{"no schema", archive(t, headName, entry{headName, `{}`, 0o644}), "there is no schema 0"},
		{"an unknown field", archive(t, headName, entry{headName, `{"schema":1,"grants":["/"]}`, 0o644}), `unknown field "grants"`},
		{"a large head", archive(t, headName, entry{headName, strings.Repeat(" ", maxHead+1), 0o644}), "lightdht.json has 1048577 bytes"},
	} {
		_, err := Parse(c.data)
		if err == nil || !strings.HasPrefix(err.Error(), "bundle: ") || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

// A size that is a lie costs no more than the lie says.
func TestSizesThatLie(t *testing.T) {
	data := archive(t, "", entry{"files/x", strings.Repeat("x", 5000), 0o644})
	honest, short := []byte{0x88, 0x13, 0, 0}, []byte{0x87, 0x13, 0, 0} // 5000 and 4999
	if bytes.Count(data, honest) != 2 {
		t.Fatal("the size is not where it is looked for")
	}
	lie := bytes.ReplaceAll(data, honest, short)
	if _, err := Parse(lie); err == nil || !strings.Contains(err.Error(), `"files/x" is`) {
		t.Errorf("shorter: %v", err)
	}
	lie = bytes.ReplaceAll(data, honest, []byte{0x89, 0x13, 0, 0})
	if _, err := Parse(lie); err == nil || !strings.Contains(err.Error(), `"files/x" is damaged`) {
		t.Errorf("longer: %v", err)
	}
	damaged := bytes.Clone(data)
	damaged[bytes.LastIndex(damaged, []byte("files/x"))-46+16]++ // the checksum, in the list of all
	if _, err := Parse(damaged); err == nil || !strings.Contains(err.Error(), `damaged: checksum error`) {
		t.Errorf("checksum: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(encode(f, example(f)))
	f.Add(archive(f, manifestName, entry{"files/x", "x", 0o644}))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := Parse(data)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %q", err)
			}
			return
		}
		again, err := Parse(encode(t, b))
		if err != nil {
			t.Fatalf("what was read is not to be read again: %v", err)
		}
		if len(again.Files) != len(b.Files) || again.Script != b.Script {
			t.Errorf("read again it is another: %+v, %+v", again, b)
		}
	})
}
