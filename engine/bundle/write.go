package bundle

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/lightdht/lightdht/engine/record"
)

// Names within the archive.
const (
	headName     = "lightdht.json"
	readmeName   = "README.txt"
	filesFolder  = "files/"
	manifestName = "run/manifest.json"
	resultsName  = "run/results.jsonl"
	outputName   = "run/output.txt"
)

// head is lightdht.json.
type head struct {
	Schema      int          `json:"schema"`
	Version     string       `json:"lightdht"`
	Title       string       `json:"title"`
	Description string       `json:"description"`
	Script      string       `json:"script"`
	Parameters  record.Row   `json:"parameters"`
	Args        []record.Raw `json:"args"`
	Network     record.Row   `json:"network"`
}

// epoch is the modification time of all entries: the first that zip can express. So packing again
// gives the same bytes.
var epoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// Encode writes the archive, which is not larger than [MaxArchive]. It refuses a Bundle that
// [Parse] would refuse.
func (b *Bundle) Encode() ([]byte, error) {
	sortFiles(b.Files)
	if err := b.check(); err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	entries, err := b.entries()
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, e := range entries {
		if err := addEntry(w, e); err != nil {
			return nil, fmt.Errorf("bundle: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	if _, err := open(out.Bytes()); err != nil { // too large
		return nil, fmt.Errorf("bundle: %w", err)
	}
	return out.Bytes(), nil
}

// entries are the entries of the archive, by name.
func (b *Bundle) entries() ([]File, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(head{
		Schema: Schema, Version: b.Version, Title: b.Title, Description: b.Description, Script: b.Script,
		Parameters: b.Parameters, Args: append([]record.Raw{}, b.Args...), Network: b.Network,
	})
	if err != nil {
		return nil, err
	}
	all := []File{{headName, text.Bytes()}, {readmeName, []byte(b.readme())}}
	for _, f := range b.Files {
		all = append(all, File{filesFolder + f.Name, f.Data})
	}
	if b.Run != nil {
		manifest, err := b.Run.Manifest.Encode()
		if err != nil {
			return nil, err
		}
		all = append(all, File{manifestName, manifest}, File{resultsName, b.Run.Results}, File{outputName, b.Run.Output})
	}
	sortFiles(all)
	return all, nil
}

func addEntry(w *zip.Writer, f File) error {
	h := &zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: epoch}
	h.SetMode(0o644)
	out, err := w.CreateHeader(h)
	if err != nil {
		return err
	}
	_, err = out.Write(f.Data)
	return err
}

// readme says what the archive is, to somebody who has unpacked it.
func (b *Bundle) readme() string {
	var t strings.Builder
	title := b.Title
	if title == "" {
		title = b.Script
	}
	fmt.Fprintf(&t, "%s\n%s\n\n", title, strings.Repeat("=", len([]rune(title))))
	if b.Description != "" {
		fmt.Fprintf(&t, "%s\n\n", b.Description)
	}
	fmt.Fprintf(&t, "An experiment on the BitTorrent DHT, packed by lightdht %s. With lightdht, and this archive as\nx.lightdht:\n\n", b.Version)
	fmt.Fprintf(&t, "    lightdht help x.lightdht      what it is\n    lightdht run x.lightdht       run it, with the settings below\n")
	if b.Run != nil {
		fmt.Fprintf(&t, "    lightdht verify x.lightdht    run it again, and compare with what came out\n")
	}
	fmt.Fprintf(&t, "\nscript: %s\n", b.Script)
	list(&t, "parameters", b.Parameters)
	list(&t, "network", b.Network)
	for _, a := range b.Args {
		fmt.Fprintf(&t, "argument: %q\n", string(a))
	}
	if b.Run != nil {
		m := &b.Run.Manifest
		fmt.Fprintf(&t, "\nIt was run: %d rows, with the digest\n%v\n", m.Rows, m.Results)
	}
	return t.String()
}

func list(t *strings.Builder, what string, row record.Row) {
	for _, f := range row {
		fmt.Fprintf(t, "%s: %s = %v\n", what, f.Name, f.Value)
	}
}
