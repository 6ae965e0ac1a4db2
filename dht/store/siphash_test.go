package store

import (
	"encoding/hex"
	"testing"
)

// The vectors of the reference implementation: key 00 01 ... 0f, text 00 01 ...;
// that of 15 bytes is the one worked out in the paper.
func TestSiphash(t *testing.T) {
	const k0, k1 = 0x0706050403020100, 0x0f0e0d0c0b0a0908
	for text, want := range map[string]uint64{
		"":                               0x726fdb47dd0e0e31,
		"00":                             0x74f839c593dc67fd,
		"0001":                           0x0d6c8009d9a94f5a,
		"000102":                         0x85676696d7fb7e2d,
		"000102030405060708090a0b0c0d0e": 0xa129ca6149be45e5,
	} {
		raw, _ := hex.DecodeString(text)
		if got := siphash(k0, k1, raw); got != want {
			t.Errorf("siphash(%s) = %016x, want %016x", text, got, want)
		}
	}
}
