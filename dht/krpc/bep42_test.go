package krpc

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"testing"
)

// The examples of BEP 42, with their checksums.
var bep42 = []struct {
	ip, id string
	sum    uint32
}{
	{"124.31.75.21", "5fbfbff10c5d6a4ec8a88e4c6ab4c28b95eee401", 0x5fbfbdb2},
	{"21.75.31.124", "5a3ce9c14e7a08645677bbd1cfe7d8f956d53256", 0x5a3ce9b0},
	{"65.23.51.170", "a5d43220bc8f112a3d426c84764f8c2a1150e616", 0xa5d4344a},
	{"84.124.73.14", "1b0321dd1bb1fe518101ceef99462b947a01ff41", 0x1b03217b},
	{"43.213.53.83", "e56f6cbf5b7c4be0237986d5243b87aa6d51305a", 0xe56f6972},
}

func mustID(t *testing.T, s string) ID {
	t.Helper()
	id, err := ParseID(s)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestBEP42Vectors(t *testing.T) {
	for _, c := range bep42 {
		ip, id := netip.MustParseAddr(c.ip), mustID(t, c.id)
		if sum := secureSum(ip, id[19]); sum != c.sum {
			t.Errorf("%s: checksum %08x, want %08x", ip, sum, c.sum)
		}
		if !IsSecure(id, ip) || Secure(ip, id) != id {
			t.Errorf("%s: %v is refused", ip, id)
		}
		other := Secure(ip, ID{19: id[19]})
		if other.CommonPrefix(id) < 21 || !IsSecure(other, ip) {
			t.Errorf("%s: got %v", ip, other)
		}
	}
}

// The BEP has no example in IPv6; these follow from its formula.
func TestBEP42InIPv6(t *testing.T) {
	for ip, want := range map[string]string{
		"2001:db8::1":       "[7c89c9bd 7189ac24 528894eb]",
		"2001:db8:1:2::3":   "[38f32b34 35f34ead 16f27662]",
		"2001:db8:1:2::4":   "[38f32b34 35f34ead 16f27662]", // only the first half counts
		"::ffff:65.23.51.1": fmt.Sprintf("%08x", sums("65.23.51.1")),
	} {
		if got := fmt.Sprintf("%08x", sums(ip)); got != want {
			t.Errorf("%s: got %s, want %s", ip, got, want)
		}
	}
}

func sums(ip string) (sums []uint32) {
	for _, r := range []byte{0, 1, 6} {
		sums = append(sums, secureSum(netip.MustParseAddr(ip), r))
	}
	return sums
}

func TestIsSecure(t *testing.T) {
	for _, c := range []struct {
		ip, id string
		want   bool
	}{
		{"21.75.31.124", "5a3ce1c14e7a08645677bbd1cfe7d8f956d53256", false}, // the 21st bit
		{"65.23.51.170", "a5d43620bc8f112a3d426c84764f8c2a1150e616", true},  // the 22nd
		{"43.213.53.83", "e56f6cbf5b7c4be0237986d5243b87aa6d51303e", false}, // another last byte
		{"43.213.53.83", "e56f6cbf5b7c4be0237986d5243b87aa6d513052", true},  // another, with the same r
		{"12.213.53.83", "e56f6cbf5b7c4be0237986d5243b87aa6d51305a", false},
		{"10.213.53.83", "e56f6cbf5b7c4be0237986d5243b87aa6d51305a", true}, // private
		{"::ffff:43.213.53.83", "e56f6cbf5b7c4be0237986d5243b87aa6d51305a", true},
		{"2001:db8::1", "7c89c80000000000000000000000000000000000", true},
		{"2001:db8::1", "7c89c00000000000000000000000000000000000", false},
		{"fe80::1", "0000000000000000000000000000000000000000", true},
	} {
		if got := IsSecure(mustID(t, c.id), netip.MustParseAddr(c.ip)); got != c.want {
			t.Errorf("%s with %s: got %v", c.ip, c.id, got)
		}
	}
}

func TestSecureExempt(t *testing.T) {
	for ip, want := range map[string]bool{
		"10.0.0.1": true, "11.0.0.1": false, "172.16.0.1": true, "172.31.255.255": true, "172.32.0.1": false,
		"192.168.0.1": true, "192.169.0.1": false, "169.254.0.1": true, "127.0.0.1": true, "127.255.0.1": true,
		"100.64.0.1": true, "100.127.255.255": true, "100.128.0.1": false, "8.8.8.8": false,
		"::1": true, "fe80::1": true, "fec0::1": true, "fc00::1": true, "fdff::1": true, "2001:db8::1": false,
		"::ffff:10.0.0.1": true, "::ffff:100.64.0.1": true, "::ffff:8.8.8.8": false, "fe80::1%eth0": true,
	} {
		if got := SecureExempt(netip.MustParseAddr(ip)); got != want {
			t.Errorf("%s: got %v", ip, got)
		}
	}
	if SecureExempt(netip.Addr{}) {
		t.Error("no address is exempt")
	}
}

// One host has eight prefixes to choose from, and all but 21 bits are its own.
func TestSecureID(t *testing.T) {
	ip, src := netip.MustParseAddr("21.75.31.124"), testSource()
	prefixes, rest := map[string]bool{}, map[string]bool{}
	for range 200 {
		id := SecureID(ip, src)
		if !IsSecure(id, ip) || id.IsZero() {
			t.Fatalf("%v at %v", id, ip)
		}
		prefixes[hex.EncodeToString([]byte{id[0], id[1], id[2] & 0xf8})] = true
		rest[string(id[3:])] = true
	}
	if len(prefixes) != 8 || len(rest) != 200 {
		t.Errorf("%d prefixes, %d ids", len(prefixes), len(rest))
	}
	id := mustID(t, "ffffffffffffffffffffffffffffffffffffff57")
	if got := Secure(ip, id); got[19] != 0x57 || got[2]&7 != 7 || string(got[3:]) != string(id[3:]) {
		t.Errorf("Secure changed more than 21 bits: %v", got)
	}
}
