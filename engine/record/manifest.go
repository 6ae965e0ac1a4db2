package record

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lightdht/lightdht/engine/files"
)

// Schema is the version of the form of a [Manifest] in JSON. It grows when a field that all
// manifests have is added, or one means something else; older programs then say that they are too
// old.
const Schema = 1

// MaxManifest is the largest manifest, in bytes (chosen by us); so the script in it is somewhat
// smaller.
const MaxManifest = 4 << 20

// Manifest says what ran, on what, and what came out. Two runs of the same experiment with the same
// outcome have the same manifest, byte for byte, but for its Circumstances; so paths and times have
// no place in the other fields.
//
// In JSON the fields have the order they have here. Bytes of a name that are not UTF-8 are replaced
// by U+FFFD there.
type Manifest struct {
	// Schema is the version of the form. [Manifest.Encode] writes [Schema], whatever is here.
	Schema int `json:"schema"`
	// Version is that of lightdht.
	Version string `json:"lightdht"`
	// Script is the program that ran.
	Script Script `json:"script"`
	// Modules are the local modules that the script required, in that order.
	Modules []Module `json:"modules"`
	// Args are the script's own arguments, without its name.
	Args []Raw `json:"args"`
	// Parameters are those of the experiment's header, in its order, with the values they had.
	// Values as in a [Row].
	Parameters Row `json:"parameters"`
	// Sweep is what varied over the runs of a sweep, whose results these are: the seed, parameters
	// and settings by name, each with its values as text. They are not in the other fields. Only a
	// sweep has it.
	Sweep Row `json:"sweep,omitempty"`
	// Seed decided all chance. Nil: there was no seed, for the network was a real one; or there
	// were those of Sweep.
	Seed *uint64 `json:"seed"`
	// Network is what the run ran on: settings by name, such as "nodes" or "latency.median".
	Network Row `json:"network"`
	// Trace is the digest of the datagrams of a simulated network. Zero: there was no such digest.
	Trace Digest `json:"trace_digest,omitzero"`
	// Skipped is how much of the time of a simulated network was not simulated, as nothing would
	// have happened in it: in whole seconds, and for a sweep in all of its runs together.
	Skipped int64 `json:"skipped,omitzero"`
	// Results is [Results.Digest].
	Results Digest `json:"results_digest"`
	// Rows is [Results.Rows].
	Rows int64 `json:"rows"`
	// Exit is the program's exit code. Nil: the run has not ended, or was killed.
	Exit *int `json:"exit"`
	// Circumstances are what may differ between runs of the same experiment.
	Circumstances Circumstances `json:"circumstances"`
}

// Script is a program in Lua. Make one with [NewScript].
type Script struct {
	// Name is the file's, without its folder.
	Name string `json:"name"`
	// SHA256 is that of Source.
	SHA256 Digest `json:"sha256"`
	// Source is the whole text.
	Source Raw `json:"source"`
}

// Module is a part of a program that is in a file of its own.
type Module struct {
	// Name is the name by which the script requires it.
	Name string `json:"name"`
	// SHA256 is that of its source.
	SHA256 Digest `json:"sha256"`
}

// Circumstances are when and where a run took place.
type Circumstances struct {
	// Start and End are wall time, kept in UTC. A zero End: the run has not ended, or was killed.
	Start time.Time `json:"start,omitzero"`
	End   time.Time `json:"end,omitzero"`
	// Machine is the computer of the run. [ThisMachine] returns that of this program.
	Machine Machine `json:"machine"`
}

// Machine is a computer, as far as it can matter to a run.
type Machine struct {
	OS   string `json:"os"`   // as GOOS
	Arch string `json:"arch"` // as GOARCH
	CPUs int    `json:"cpus"` // that the program could use
	Go   string `json:"go"`   // the version of the compiler
}

// NewScript makes a Script of its file's name, with or without a folder, and its source.
func NewScript(path, source string) Script {
	return Script{filepath.Base(path), sha256.Sum256([]byte(source)), Raw(source)}
}

// ThisMachine describes the computer that this program runs on.
func ThisMachine() Machine {
	return Machine{runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0), runtime.Version()}
}

// Raw is a string that may hold any bytes. In JSON it is a string if it is UTF-8, and otherwise
// {"base64": "..."}.
type Raw string

// MarshalJSON writes one of the two forms.
func (r Raw) MarshalJSON() ([]byte, error) {
	if utf8.ValidString(string(r)) {
		return appendString(nil, string(r)), nil
	}
	return json.Marshal(map[string][]byte{"base64": []byte(r)})
}

// UnmarshalJSON reads either form.
func (r *Raw) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '{' {
		var form struct {
			Base64 []byte `json:"base64"`
		}
		err := json.Unmarshal(data, &form)
		*r = Raw(form.Base64)
		return err
	}
	return json.Unmarshal(data, (*string)(r))
}

// Encode writes a manifest as JSON, indented, with a newline at the end: the same bytes for the
// same manifest.
func (m Manifest) Encode() ([]byte, error) {
	m.Schema = Schema
	m.Modules = append([]Module{}, m.Modules...) // [] rather than null
	m.Args = append([]Raw{}, m.Args...)
	m.Circumstances.Start = m.Circumstances.Start.UTC()
	m.Circumstances.End = m.Circumstances.End.UTC()
	if err := m.check(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(m); err != nil {
		return nil, problem("manifest: %w", err)
	}
	if b.Len() > MaxManifest {
		return nil, problem("the manifest would have %d bytes, at most %d", b.Len(), MaxManifest)
	}
	return b.Bytes(), nil
}

// Repeatable is the manifest as JSON without its Circumstances: the bytes that must be the same if
// an experiment is repeated.
func (m Manifest) Repeatable() ([]byte, error) {
	m.Circumstances = Circumstances{}
	return m.Encode()
}

// ParseManifest reads what Encode wrote, and is made for input from strangers: it refuses another
// schema, an unknown field, a script that does not have the digest it is said to have, anything
// after the end, and more than [MaxManifest] bytes.
func ParseManifest(data []byte) (Manifest, error) {
	var m Manifest
	if len(data) > MaxManifest {
		return m, problem("a manifest of more than %d bytes", MaxManifest)
	}
	if err := checkSchema(data); err != nil {
		return m, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return Manifest{}, inManifest(err)
	}
	if err := m.check(); err != nil {
		return Manifest{}, err
	}
	return m, nil
}

// checkSchema comes first, so that a field of another schema is not an unknown field.
func checkSchema(data []byte) error {
	var head struct {
		Schema *int `json:"schema"`
	}
	switch err := json.Unmarshal(data, &head); {
	case err != nil:
		return inManifest(err)
	case head.Schema == nil:
		return problem("manifest: no \"schema\", so this is something else")
	case *head.Schema > Schema:
		return problem("manifest: schema %d is of a newer lightdht; this one knows %d", *head.Schema, Schema)
	case *head.Schema < Schema:
		return problem("manifest: there is no schema %d", *head.Schema)
	}
	return nil
}

// check checks conditions that the JSON decoder does not know.
func (m *Manifest) check() error {
	if sha256.Sum256([]byte(m.Script.Source)) != m.Script.SHA256 {
		return problem("manifest: the source of %q does not have the digest %v", m.Script.Name, m.Script.SHA256)
	}
	for _, t := range []time.Time{m.Circumstances.Start, m.Circumstances.End} {
		if y := t.UTC().Year(); y < 0 || y > 9999 {
			return problem("manifest: the year %d", y)
		}
	}
	return nil
}

// inManifest is an error of encoding/json in terms of a manifest.
func inManifest(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return problem("manifest: unexpected %s in field %q", wrong.Value, wrong.Field)
	}
	return problem("manifest: %s", strings.TrimPrefix(Problem(err), "json: ")) // of encoding/json there is no other way
}

// ManifestPath is the path of the manifest of a run with an output file: x.manifest.json for x.csv.
func ManifestPath(out string) string {
	return strings.TrimSuffix(out, filepath.Ext(out)) + ".manifest.json"
}

// WriteManifest writes a manifest to a file, replacing one that is there in one step and waiting
// until the disk has it: at any time there is the old one or the new one, whole.
func WriteManifest(path string, m Manifest) error {
	data, err := m.Encode()
	if err != nil {
		return err
	}
	return replace(path, func(f *os.File) error {
		if _, err := f.Write(data); err != nil {
			return err
		}
		return f.Sync()
	})
}

// ReadManifest reads the manifest in a file, of which it reads no more than [MaxManifest] bytes.
// Errors name the file.
func ReadManifest(path string) (Manifest, error) {
	f, err := files.Open(path)
	if err != nil {
		return Manifest{}, problem("%w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxManifest+1))
	if err != nil {
		return Manifest{}, problem("%w", err)
	}
	m, err := ParseManifest(data)
	if err != nil {
		return m, problem("%s: %s", path, Problem(err))
	}
	return m, nil
}
