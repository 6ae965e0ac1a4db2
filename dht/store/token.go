package store

import (
	"encoding/binary"
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// TokenLen is the length in bytes of the tokens we issue. On the wire 4
// (libtorrent, mldht, pubky/mainline), 8 (jech) and 20 (anacrolix,
// bittorrent-dht) are common; 4 could be guessed by a patient attacker.
const TokenLen = 8

// TokenSpan is how long one secret issues tokens; BEP 5: it changes every five
// minutes, and tokens up to ten minutes old are accepted.
const TokenSpan = 5 * time.Minute

// Tokens issues and checks the tokens of get_peers answers. A token proves that
// its bearer received a datagram at the IP address it was issued to, and nothing
// else: neither port (NATs change it) nor info-hash (libtorrent binds it, BEP 5
// does not, and clients use one token for several) enter into it.
//
// Nothing is stored and no timer runs. A token is SipHash-2-4, under a key drawn once, of the
// address and the number of the five-minute span it was issued in. So each span has its own secret,
// which without the key looks freshly drawn. SipHash is made for short messages and costs a third
// of SHA-1.
type Tokens struct {
	k0, k1 uint64
	start  krpc.Time
}

// NewTokens draws a key from src, which on a real network must be unpredictable.
// The first span begins now.
func NewTokens(src krpc.Source, now krpc.Time) Tokens {
	return Tokens{k0: src.Uint64(), k1: src.Uint64(), start: now}
}

// Issue appends to dst the token for ip at now.
func (t Tokens) Issue(now krpc.Time, ip netip.Addr, dst []byte) []byte {
	return binary.LittleEndian.AppendUint64(dst, t.sum(t.span(now), ip))
}

// Valid reports whether token was issued to ip in this span of five minutes or
// the one before: for 5 to 10 minutes after it was issued.
func (t Tokens) Valid(now krpc.Time, ip netip.Addr, token []byte) bool {
	if len(token) != TokenLen {
		return false
	}
	// A comparison of single words takes constant time.
	got, span := binary.LittleEndian.Uint64(token), t.span(now)
	return got == t.sum(span, ip) || got == t.sum(span-1, ip)
}

func (t Tokens) span(now krpc.Time) int64 { return int64(now.Sub(t.start) / TokenSpan) }

func (t Tokens) sum(span int64, ip netip.Addr) uint64 {
	var text [24]byte
	binary.LittleEndian.PutUint64(text[:], uint64(span))
	*(*[16]byte)(text[8:]) = ip.As16() // the same for an IPv4 address and its mapped form
	return siphash(t.k0, t.k1, text[:])
}
