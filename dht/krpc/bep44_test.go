package krpc

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"strings"
	"testing"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// testKey is the key of the seed 00 01 02 ... 1f.
func testKey() ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	for i := range seed {
		seed[i] = byte(i)
	}
	return ed25519.NewKeyFromSeed(seed)
}

// signedItem is a mutable item of testKey.
func signedItem(value, salt string, seq int64) Item {
	it := Item{Value: []byte(value), Salt: []byte(salt), Seq: seq}
	it.Sign(testKey())
	return it
}

// The examples of BEP 44. Its private key has no seed, so they are verified, not
// signed again; the last one was signed by us.
var bep44 = []struct {
	name, value, key, salt, text, target, sig string
}{
	{"immutable", "12:Hello World!", "", "", "", "e5f96f6f38320f0f33959cb4d3d656452117aadb", ""},
	{"mutable", "12:Hello World!", "77ff84905a91936367c01360803104f92432fcd904a43511876df5cdf3e7e548", "",
		"3:seqi1e1:v12:Hello World!", "4a533d47ec9c7d95b1ad75f576cffc641853b750",
		"305ac8aeb6c9c151fa120f120ea2cfb923564e11552d06a5d856091e5e853cff1260d3f39e4999684aa92eb73ffd136e6f4f3ecbfda0ce53a1608ecd7ae21f01"},
	{"with salt", "12:Hello World!", "77ff84905a91936367c01360803104f92432fcd904a43511876df5cdf3e7e548", "foobar",
		"4:salt6:foobar3:seqi1e1:v12:Hello World!", "411eba73b6f087ca51a3795d9c8c938d365e32c1",
		"6834284b6b24c3204eb2fea824d82f88883a3d95e8b4a21b8c0ded553d17d17ddf9a8a7104b1258f30bed3787e6cb896fca78c58f8e03b5f18f14951a87d9a08"},
	{"ours", "5:hello", "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8", "",
		"3:seqi1e1:v5:hello", "fd81a6db64d6faf7f702c07971a82c25c1dc3c90",
		"dd51f7eaa758b5df18214bdd23cd92316472cf8f6625cd7db6340adccdfaa7b285930c5323c5779ef292fb2683e969d2324c5704ad6b5af44c7d4f3a6270bb06"},
}

func TestBEP44Vectors(t *testing.T) {
	for _, c := range bep44 {
		it := Item{Value: []byte(c.value)}
		if c.key != "" {
			it = Item{Value: []byte(c.value), Mutable: true, Key: [32]byte(unhex(t, c.key)), Salt: []byte(c.salt), Seq: 1, Sig: [64]byte(unhex(t, c.sig))}
		}
		if got := it.Target().String(); got != c.target {
			t.Errorf("%s: target %s", c.name, got)
		}
		if it.Mutable && string(it.signed()) != c.text {
			t.Errorf("%s: signed %q", c.name, it.signed())
		}
		if reason := it.Check(); reason != nil {
			t.Errorf("%s: %v", c.name, reason)
		}
		overTheWire(t, &it)
		if it.Mutable {
			it.Sig[0] ^= 1
			if reason := it.Check(); reason == nil || reason.Code != CodeBadSignature {
				t.Errorf("%s with another signature: %v", c.name, reason)
			}
		}
	}
}

// overTheWire puts an item, and gets it.
func overTheWire(t *testing.T, it *Item) {
	t.Helper()
	var m Message
	put := Query{Method: "put", Tx: []byte("aa"), Token: []byte("tokn"), Item: it}
	if err := m.Parse(put.Append(nil)); err != nil {
		t.Fatal(err)
	}
	if got, reason := m.PutItem(); reason != nil || !sameItem(&got, it) {
		t.Errorf("put: got %+v, %v\nwant %+v", got, reason, it)
	}
	packet := (&Response{Tx: []byte("aa"), Token: []byte("tokn"), Item: it}).Append(nil)
	if err := m.Parse(packet); err != nil {
		t.Fatal(err)
	}
	got, err := m.Item(it.Target(), it.Salt)
	clear(packet) // the item is a copy
	if err != nil || !sameItem(&got, it) {
		t.Errorf("got: %+v, %v\nwant %+v", got, err, it)
	}
}

func sameItem(a, b *Item) bool {
	return bytes.Equal(a.Value, b.Value) && a.Mutable == b.Mutable && a.Key == b.Key &&
		bytes.Equal(a.Salt, b.Salt) && a.Seq == b.Seq && a.Sig == b.Sig
}

func TestBEP44Signing(t *testing.T) {
	it, want := signedItem("5:hello", "", 1), bep44[len(bep44)-1]
	if hex.EncodeToString(it.Key[:]) != want.key || hex.EncodeToString(it.Sig[:]) != want.sig || !it.Mutable {
		t.Errorf("signed %x with %x", it.Sig, it.Key)
	}
	for _, it := range []Item{
		signedItem("le", "", 0),
		signedItem("i1e", strings.Repeat("s", 64), 1<<63-1),
		signedItem("996:"+strings.Repeat("v", 996), "\x00", 1),
	} {
		if reason := it.Check(); reason != nil {
			t.Errorf("%+v: %v", it, reason)
		}
		overTheWire(t, &it)
	}
}

// Nothing that is signed can be changed, nor can the salt become another part of
// the text.
func TestBEP44SignatureCoversAll(t *testing.T) {
	for name, change := range map[string]func(*Item){
		"value": func(it *Item) { it.Value = []byte("5:hellO") },
		"key":   func(it *Item) { it.Key[0] ^= 1 },
		"salt":  func(it *Item) { it.Salt = []byte("pepper") },
		"none":  func(it *Item) { it.Salt = nil },
		"seq":   func(it *Item) { it.Seq++ },
		"sig":   func(it *Item) { it.Sig[63] ^= 0x80 },
	} {
		it := signedItem("5:hello", "salt", 1)
		change(&it)
		if reason := it.Check(); reason == nil || reason.Code != CodeBadSignature {
			t.Errorf("another %s: %v", name, reason)
		}
	}
}
