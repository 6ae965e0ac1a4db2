package store

import (
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

var (
	addr4 = netip.MustParseAddr("192.0.2.7")
	addr6 = netip.MustParseAddr("2001:db8::7")
)

func TestTokenAge(t *testing.T) {
	const start = krpc.Time(123456789)
	tokens := NewTokens(rand.NewPCG(1, 2), start)
	for _, c := range []struct {
		issued, shown time.Duration
		want          bool
	}{
		{0, 0, true},
		{0, 5 * time.Minute, true},
		{0, 10*time.Minute - 1, true},
		{0, 10 * time.Minute, false},
		{5*time.Minute - 1, 10*time.Minute - 1, true}, // BEP 5's least: five minutes
		{5*time.Minute - 1, 10 * time.Minute, false},
		{5 * time.Minute, 10 * time.Minute, true},
		{0, 1000 * time.Hour, false}, // however many spans went by
		{1000 * time.Hour, 1000*time.Hour + 5*time.Minute, true},
		{5 * time.Minute, 0, false}, // not yet
	} {
		token := tokens.Issue(start.Add(c.issued), addr4, nil)
		if got := tokens.Valid(start.Add(c.shown), addr4, token); got != c.want {
			t.Errorf("issued at %v, shown at %v: %v, want %v", c.issued, c.shown, got, c.want)
		}
	}
}

func TestTokenBearer(t *testing.T) {
	src := rand.NewPCG(1, 2)
	tokens, others := NewTokens(src, 0), NewTokens(src, 0)
	token := tokens.Issue(0, addr4, nil)
	if len(token) != TokenLen {
		t.Errorf("%d bytes, want %d", len(token), TokenLen)
	}
	if got := tokens.Issue(0, addr4, []byte("x")); string(got) != "x"+string(token) {
		t.Errorf("Issue does not append: %q", got)
	}
	if !tokens.Valid(0, netip.AddrFrom16(addr4.As16()), token) {
		t.Error("refused under the mapped form of the address")
	}
	if tokens.Valid(0, addr6, token) || tokens.Valid(0, addr4.Next(), token) {
		t.Error("accepted from another address")
	}
	if others.Valid(0, addr4, token) {
		t.Error("accepted by another node")
	}
	if tokens.Valid(0, addr4, nil) || tokens.Valid(0, addr4, token[:7]) || tokens.Valid(0, addr4, append(token, 0)) {
		t.Error("accepted at another length")
	}
	for i := range token {
		token[i] ^= 0x40
		if tokens.Valid(0, addr4, token) {
			t.Errorf("accepted with byte %d changed", i)
		}
		token[i] ^= 0x40
	}
	if !tokens.Valid(0, addr6, tokens.Issue(0, addr6, nil)) {
		t.Error("refused over IPv6")
	}
}

func TestTokenAllocs(t *testing.T) {
	tokens, buf := NewTokens(rand.NewPCG(1, 2), 0), make([]byte, 0, TokenLen)
	allocs := testing.AllocsPerRun(100, func() {
		token := tokens.Issue(0, addr4, buf)
		if !tokens.Valid(0, addr4, token) {
			t.Error("refused")
		}
	})
	if allocs > 0 {
		t.Errorf("%v allocations", allocs)
	}
}

func BenchmarkIssue(b *testing.B) {
	tokens, buf := NewTokens(rand.NewPCG(1, 2), 0), make([]byte, 0, TokenLen)
	for b.Loop() {
		buf = tokens.Issue(1, addr4, buf[:0])
	}
}

func BenchmarkValid(b *testing.B) {
	tokens := NewTokens(rand.NewPCG(1, 2), 0)
	token := tokens.Issue(1, addr4, nil)
	for b.Loop() {
		if !tokens.Valid(1, addr4, token) {
			b.Fatal("refused")
		}
	}
}
