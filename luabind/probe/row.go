package probe

import (
	"slices"
	"strconv"
	"strings"

	"github.com/lightdht/lightdht/dht/krpc"
)

// The verdicts on a rule.
const (
	Pass    = "pass"
	Fail    = "fail"
	Skip    = "skip"    // the node does not claim what the rule is about
	Unknown = "unknown" // it could not be told
)

// The severities of a rule, as the words of the BEPs have them.
const (
	Must   = "must"
	Should = "should"
	Note   = "note" // the BEPs leave it open
)

// Row is what was found out about one rule.
type Row struct {
	Group    string `json:"group"`    // "krpc", "nodes", "peers", "items" or "extras"
	Severity string `json:"severity"` // Must, Should or Note
	Verdict  string `json:"verdict"`  // Pass, Fail, Skip or Unknown
	Rule     string `json:"rule"`
	Source   string `json:"source"` // the BEP and its section
	Seen     string `json:"seen"`   // what the node did
	Sent     string `json:"sent"`   // the last datagram of the probe; what does not print is \xx in hex
	Got      string `json:"got"`    // the answer to it, likewise; "" if there was none
}

// Failed reports whether the node breaks the rule.
func (r Row) Failed() bool { return r.Verdict == Fail }

// Query and Answer are the last two datagrams of the probe, decoded, for people.
func (r Row) Query() string { return decoded(r.Sent) }

// Answer is the answer to Query; "none" if there was none.
func (r Row) Answer() string {
	if r.Got == "" {
		return "none"
	}
	return decoded(r.Got)
}

// decoded is a datagram as a row has it, in a form that people read. One that is no bencode stays
// as it is.
func decoded(text string) string {
	packet, ok := unescape(text)
	if !ok || krpc.CheckBencode(packet) != nil {
		return text
	}
	value, err := krpc.DecodeValue(packet)
	if err != nil {
		return text
	}
	var b strings.Builder
	write(&b, value)
	return b.String()
}

// unescape turns \xx back into bytes.
func unescape(text string) ([]byte, bool) {
	var packet []byte
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			packet = append(packet, text[i])
			continue
		}
		if i+4 > len(text) || text[i+1] != 'x' {
			return nil, false
		}
		n, err := strconv.ParseUint(text[i+2:i+4], 16, 8)
		if err != nil {
			return nil, false
		}
		packet, i = append(packet, byte(n)), i+3
	}
	return packet, true
}

// write appends a bencoded value in the manner of JSON. Bytes that are no text are in hex.
func write(b *strings.Builder, value any) {
	switch v := value.(type) {
	case map[string]any:
		b.WriteByte('{')
		for i, name := range sortedNames(v) {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(name + ": ")
			write(b, v[name])
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			write(b, item)
		}
		b.WriteByte(']')
	case string:
		writeText(b, v)
	case []byte:
		writeText(b, string(v))
	case int64:
		b.WriteString(strconv.FormatInt(v, 10))
	default:
		b.WriteString("?")
	}
}

func sortedNames(d map[string]any) []string {
	var names []string
	for name := range d {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func writeText(b *strings.Builder, text string) {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			b.WriteString("0x")
			for j := range len(text) {
				const digits = "0123456789abcdef"
				b.WriteByte(digits[text[j]>>4])
				b.WriteByte(digits[text[j]&15])
			}
			return
		}
	}
	b.WriteString(strconv.Quote(text))
}
