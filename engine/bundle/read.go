package bundle

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/lightdht/lightdht/engine/record"
)

// Signatures of zip, before a file and before its place in the list of all.
const (
	localHeader     = "PK\x03\x04"
	directoryHeader = "PK\x01\x02"
)

// maxHead bounds lightdht.json; chosen by us.
const maxHead = 1 << 20

// overhead is how many entries there may be besides the files of the experiment.
const overhead = 5

// Is reports whether data begins as an archive does.
func Is(data []byte) bool { return bytes.HasPrefix(data, []byte(localHeader)) }

// Parse reads what Encode wrote, and is made for input from strangers. It allocates no more than
// [MaxTotal] and some bytes for each entry; an error is one line. The Bundle owns its bytes.
func Parse(data []byte) (*Bundle, error) {
	b, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	return b, nil
}

func parse(data []byte) (*Bundle, error) {
	entries, err := open(data)
	if err != nil {
		return nil, err
	}
	r := &unpacking{left: MaxTotal, single: map[string][]byte{}}
	for _, e := range entries {
		if err := r.take(e); err != nil {
			return nil, err
		}
	}
	b, err := r.bundle()
	if err != nil {
		return nil, err
	}
	return b, b.check()
}

// open lists what is in the archive, and unpacks nothing. The entries are counted before package
// zip, which makes room for as many as there are, gets to see them.
func open(data []byte) ([]*zip.File, error) {
	switch {
	case len(data) > MaxArchive:
		return nil, fmt.Errorf("more than %d MiB", MaxArchive>>20)
	case !Is(data):
		return nil, errors.New("this is no archive: it does not begin as one")
	case bytes.Count(data, []byte(directoryHeader)) > MaxFiles+overhead:
		return nil, fmt.Errorf("more than %d files", MaxFiles)
	}
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("the archive is damaged: %s", reason(err))
	}
	var total uint64
	for _, e := range r.File {
		if e.UncompressedSize64 > MaxTotal {
			return nil, tooLarge()
		}
		if total += e.UncompressedSize64; total > MaxTotal {
			return nil, tooLarge()
		}
	}
	return r.File, nil
}

// unpacking is an archive that is being read.
type unpacking struct {
	left   int               // bytes that may still be unpacked
	single map[string][]byte // the entries that are not files of the experiment
	files  []File
}

// take unpacks one entry.
func (r *unpacking) take(e *zip.File) error {
	if !e.Mode().IsRegular() {
		return fmt.Errorf("%q is a link, a folder or a device, not a file", clip(e.Name))
	}
	name, ofExperiment := strings.CutPrefix(e.Name, filesFolder)
	switch known := []string{headName, readmeName, manifestName, resultsName, outputName}; {
	case ofExperiment:
		if err := checkName(name); err != nil { // before anything is unpacked for it
			return err
		}
	case !contains(known, e.Name):
		return fmt.Errorf("%q has no place in an archive of this kind", clip(e.Name))
	}
	if e.Flags&1 != 0 || e.Method != zip.Deflate && e.Method != zip.Store {
		return fmt.Errorf("%q is encrypted, or packed in a way that is not supported", clip(e.Name))
	}
	data, err := r.unpack(e)
	if err != nil {
		return err
	}
	if ofExperiment {
		r.files = append(r.files, File{name, data})
		return nil
	}
	if _, twice := r.single[e.Name]; twice {
		return fmt.Errorf("the name %q is there twice", e.Name)
	}
	r.single[e.Name] = data
	return nil
}

func contains(words []string, word string) bool {
	for _, w := range words {
		if w == word {
			return true
		}
	}
	return false
}

// unpack returns the entry's data, which is as long as it claims to be and not longer than what is
// left.
func (r *unpacking) unpack(e *zip.File) ([]byte, error) {
	if e.UncompressedSize64 > uint64(r.left) {
		return nil, tooLarge()
	}
	in, err := e.Open()
	if err != nil {
		return nil, fmt.Errorf("%q is damaged: %s", clip(e.Name), reason(err))
	}
	defer in.Close()
	data := make([]byte, e.UncompressedSize64)
	if _, err := io.ReadFull(in, data); err != nil {
		return nil, fmt.Errorf("%q is damaged: %s", clip(e.Name), reason(err))
	}
	switch _, err := io.ReadFull(in, make([]byte, 1)); { // its end, where the checksum is looked at
	case err == nil:
		return nil, fmt.Errorf("%q is longer than it claims", clip(e.Name))
	case err != io.EOF:
		return nil, fmt.Errorf("%q is damaged: %s", clip(e.Name), reason(err))
	}
	r.left -= len(data)
	return data, nil
}

// bundle puts together what was unpacked.
func (r *unpacking) bundle() (*Bundle, error) {
	h, err := parseHead(r.single[headName])
	if err != nil {
		return nil, err
	}
	b := &Bundle{
		Version: h.Version, Title: h.Title, Description: h.Description, Script: h.Script, Files: r.files,
		Parameters: h.Parameters, Args: h.Args, Network: h.Network,
	}
	sortFiles(b.Files)
	manifest, ran := r.single[manifestName]
	if !ran {
		return b, nil
	}
	b.Run = &Run{Results: r.single[resultsName], Output: r.single[outputName]}
	if b.Run.Manifest, err = record.ParseManifest(manifest); err != nil {
		return nil, fmt.Errorf("%s: %s", manifestName, strings.TrimPrefix(reason(err), "manifest: "))
	}
	return b, nil
}

func parseHead(data []byte) (h head, err error) {
	if data == nil {
		return h, fmt.Errorf("there is no %s in it, so this is something else", headName)
	}
	if len(data) > maxHead {
		return h, fmt.Errorf("%s has %d bytes, at most %d", headName, len(data), maxHead)
	}
	var version struct { // comes first: what another schema has must not be an unknown field
		Schema int `json:"schema"`
	}
	if err := json.Unmarshal(data, &version); err != nil {
		return h, fmt.Errorf("%s: %s", headName, reason(err))
	}
	if version.Schema > Schema {
		return h, fmt.Errorf("%s: schema %d is of a newer lightdht; this one knows %d", headName, version.Schema, Schema)
	}
	if version.Schema < 1 {
		return h, fmt.Errorf("%s: there is no schema %d", headName, version.Schema)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&h); err != nil {
		return h, fmt.Errorf("%s: %s", headName, reason(err))
	}
	return h, nil
}

// reason is another package's error without the name of that package, in one line.
func reason(err error) string {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok { // which speaks of Go
		return fmt.Sprintf("%q cannot be a %s", wrong.Field, clip(wrong.Value))
	}
	text := record.Problem(err)
	for _, prefix := range []string{"zip: ", "flate: ", "json: "} { // of packages that say it in no other way
		text = strings.TrimPrefix(text, prefix)
	}
	return strings.ReplaceAll(text, "\n", " ")
}
