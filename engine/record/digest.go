package record

import (
	"crypto/sha256"
	"encoding/hex"
)

// Digest is a SHA-256, or a sum of several, written as 64 hex digits. The zero Digest stands for no
// digest.
type Digest [sha256.Size]byte

func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText writes hex digits, in lower case.
func (d Digest) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, d[:]), nil }

// UnmarshalText reads 64 hex digits.
func (d *Digest) UnmarshalText(text []byte) error {
	var read Digest
	if len(text) != hex.EncodedLen(len(read)) {
		return problem("a SHA-256 has 64 hex digits, not %d characters", len(text))
	}
	if _, err := hex.Decode(read[:], text); err != nil {
		return problem("%q is no SHA-256 in hex", text)
	}
	*d = read
	return nil
}
