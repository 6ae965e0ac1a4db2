package table

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// A saved table is JSON Lines: a header, then one object per contact.
const (
	formatName    = "lightdht table"
	formatVersion = 1
)

// MaxLine is how long a line of a saved table may be, in bytes. Lines of [Encode] stay below 400.
const MaxLine = 4096

type header struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
}

// line is an Entry as it is saved. Times are seconds since the host's epoch,
// with up to nine decimals; status and further addresses are not saved.
type line struct {
	ID        string      `json:"id"`
	Addr      string      `json:"addr"`
	Version   string      `json:"version,omitempty"`
	RTT       json.Number `json:"rtt,omitempty"`
	FirstSeen json.Number `json:"first_seen,omitempty"`
	LastSeen  json.Number `json:"last_seen,omitempty"`
	LastReply json.Number `json:"last_reply,omitempty"`
	Queries   uint32      `json:"queries,omitempty"`
	Replies   uint32      `json:"replies,omitempty"`
	Failures  uint32      `json:"failures,omitempty"`
	Claimed   bool        `json:"claimed,omitempty"`
}

// Encode writes entries to w in a form that [Decode] reads. It returns the
// writer's error, if any.
func Encode(w io.Writer, entries iter.Seq[Entry]) error {
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	if err := enc.Encode(header{formatName, formatVersion}); err != nil {
		return fmt.Errorf("table: save: %w", err)
	}
	for e := range entries {
		if err := enc.Encode(toLine(e)); err != nil {
			return fmt.Errorf("table: save: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("table: save: %w", err)
	}
	return nil
}

// LineError says which line of a saved table is wrong, and why.
type LineError struct {
	Line int // from 1
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("table: line %d: %v", e.Line, e.Err) }

// Unwrap returns why.
func (e *LineError) Unwrap() error { return e.Err }

// Decode reads what [Encode] wrote and calls add for each entry; give it to Restore. It stops at
// the first error, of the file or of add: a [LineError]. Fields it does not know are ignored; a
// line may have 4096 bytes.
func Decode(r io.Reader, add func(Entry) error) error {
	in := bufio.NewReaderSize(r, MaxLine+1)
	for n := 1; ; n++ {
		raw, err := in.ReadSlice('\n')
		end := errors.Is(err, io.EOF)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			err = fmt.Errorf("more than %d bytes", MaxLine)
		case err != nil && !end:
			// The reader's own error.
		case n == 1:
			err = checkHeader(raw)
		case end && len(raw) == 0:
			return nil
		default:
			err = decodeLine(raw, add)
		}
		if err != nil {
			return &LineError{n, err}
		}
	}
}

func checkHeader(raw []byte) error {
	var h header
	if err := json.Unmarshal(raw, &h); err != nil || h.Format != formatName {
		return fmt.Errorf(`not a saved table: it should begin with {"format":%q,"version":%d}`, formatName, formatVersion)
	}
	if h.Version != formatVersion {
		return fmt.Errorf("saved in version %d of the format, but this program reads version %d", h.Version, formatVersion)
	}
	return nil
}

func decodeLine(raw []byte, add func(Entry) error) error {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil
	}
	var l line
	if err := json.Unmarshal(raw, &l); err != nil {
		return err
	}
	e, err := l.entry()
	if err != nil {
		return err
	}
	return add(e)
}

func toLine(e Entry) line {
	l := line{
		ID: e.ID.String(), Addr: e.Addr.String(), Version: versionText(e.Version),
		RTT: seconds(int64(e.RTT)), FirstSeen: seconds(int64(e.FirstSeen)), LastSeen: seconds(int64(e.LastSeen)),
		Queries: e.Queries, Replies: e.Replies, Failures: e.Failures, Claimed: e.Claimed,
	}
	if e.Replies > 0 {
		l.LastReply = seconds(int64(e.LastReply))
	}
	return l
}

func (l line) entry() (e Entry, err error) {
	if e.ID, err = krpc.ParseID(l.ID); err != nil {
		return e, err
	}
	if e.Addr, err = netip.ParseAddrPort(l.Addr); err != nil {
		return e, fmt.Errorf("addr: %w", err)
	}
	if e.Version, err = parseVersion(l.Version); err != nil {
		return e, err
	}
	var rtt krpc.Time
	for _, f := range [...]struct {
		name string
		text json.Number
		time *krpc.Time
	}{
		{"rtt", l.RTT, &rtt},
		{"first_seen", l.FirstSeen, &e.FirstSeen},
		{"last_seen", l.LastSeen, &e.LastSeen},
		{"last_reply", l.LastReply, &e.LastReply},
	} {
		if *f.time, err = parseSeconds(f.text.String()); err != nil {
			return e, fmt.Errorf("%s: %w", f.name, err)
		}
	}
	e.RTT = time.Duration(rtt)
	e.Queries, e.Replies, e.Failures, e.Claimed = l.Queries, l.Replies, l.Failures, l.Claimed
	return e, nil
}

// versionText is the version itself if it is printable, else 0x and hex digits.
func versionText(raw string) string {
	for _, c := range []byte(raw) {
		if c < ' ' || c > '~' {
			return "0x" + hex.EncodeToString([]byte(raw))
		}
	}
	if strings.HasPrefix(raw, "0x") {
		return "0x" + hex.EncodeToString([]byte(raw))
	}
	return raw
}

func parseVersion(text string) (string, error) {
	raw := text
	if digits, ok := strings.CutPrefix(text, "0x"); ok {
		b, err := hex.DecodeString(digits)
		if err != nil {
			return "", fmt.Errorf("version: %w", err)
		}
		raw = string(b)
	}
	if len(raw) > maxVersion {
		return "", fmt.Errorf("version: %q has more than %d bytes", text, maxVersion)
	}
	return raw, nil
}

// seconds writes nanoseconds as a decimal number of seconds, exactly; a float64
// would lose the last three digits of a date.
func seconds(ns int64) json.Number {
	sign, abs := "", uint64(ns)
	if ns < 0 {
		sign, abs = "-", -abs
	}
	text := fmt.Sprintf("%s%d.%09d", sign, abs/uint64(second), abs%uint64(second))
	return json.Number(strings.TrimSuffix(strings.TrimRight(text, "0"), "."))
}

// parseSeconds is the inverse of seconds. An absent number is 0; decimals after
// the ninth are dropped.
func parseSeconds(text string) (krpc.Time, error) {
	if text == "" {
		return 0, nil
	}
	whole, part, _ := strings.Cut(text, ".")
	digits := whole + (part + "000000000")[:9]
	ns, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s is not a time in seconds", text)
	}
	return krpc.Time(ns), nil
}
