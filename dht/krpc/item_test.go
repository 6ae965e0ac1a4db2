package krpc

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// text is a bencoded string of size bytes in all, of at least 100.
func text(size int) string {
	n := size - len(strconv.Itoa(size)) - 1
	for len(strconv.Itoa(n))+1+n < size {
		n++
	}
	return fmt.Sprintf("%d:%s", n, strings.Repeat("x", n))
}

func TestItemCheck(t *testing.T) {
	for _, c := range []struct {
		name      string
		value     string
		salt      string
		seq       int64
		immutable int // the code that is wanted for an immutable item of the value
		signed    int // and for a mutable one
	}{
		{name: "an integer", value: "i-1e"},
		{name: "an empty string", value: "0:"},
		{name: "1000 bytes", value: text(1000)},
		{name: "1001 bytes", value: text(1001), immutable: CodeValueTooBig, signed: CodeValueTooBig},
		{name: "1001 bytes that are no bencode", value: strings.Repeat("x", 1001), immutable: CodeValueTooBig, signed: CodeValueTooBig},
		{name: "nothing", value: "", immutable: CodeProtocol, signed: CodeProtocol},
		{name: "no bencode", value: "hello", immutable: CodeProtocol, signed: CodeProtocol},
		{name: "it ends early", value: "li1e", immutable: CodeProtocol, signed: CodeProtocol},
		{name: "two values", value: "i1ei2e", immutable: CodeProtocol, signed: CodeProtocol},
		{name: "a leading zero", value: "i01e", immutable: CodeProtocol, signed: CodeProtocol},
		{name: "sorted keys", value: "d1:ai1e1:bi1ee"},
		{name: "unsorted keys", value: "d1:bi1e1:ai1ee", immutable: CodeProtocol, signed: CodeProtocol},
		{name: "unsorted keys, deep inside", value: "lld1:bi1e1:ai1eeee", immutable: CodeProtocol, signed: CodeProtocol},
		{name: "a key twice", value: "d1:ai1e1:ai1ee", immutable: CodeProtocol, signed: CodeProtocol},
		{name: "30 deep", value: nested("l", "", 30)},
		{name: "31 deep, which no message could hold", value: nested("l", "", 31), immutable: CodeProtocol, signed: CodeProtocol},
		{name: "salt of 64 bytes", value: "le", salt: strings.Repeat("s", 64)},
		{name: "salt of 65 bytes", value: "le", salt: strings.Repeat("s", 65), signed: CodeSaltTooBig},
		{name: "the largest seq", value: "le", seq: 1<<63 - 1},
		{name: "a negative seq", value: "le", seq: -1, signed: CodeProtocol},
		{name: "the most negative seq", value: "le", seq: -1 << 63, signed: CodeProtocol},
	} {
		immutable, mutable := Item{Value: []byte(c.value), Salt: []byte(c.salt), Seq: c.seq}, signedItem(c.value, c.salt, c.seq)
		if got := codeOf(immutable.Check()); got != c.immutable {
			t.Errorf("%s: immutable: got %d, want %d", c.name, got, c.immutable)
		}
		if got := codeOf(mutable.Check()); got != c.signed {
			t.Errorf("%s: mutable: got %d, want %d", c.name, got, c.signed)
		}
	}
}

// codeOf is 0 where all is well.
func codeOf(e *Error) int {
	if e == nil {
		return 0
	}
	return e.Code
}

func TestPutItem(t *testing.T) {
	it := signedItem("5:hello", "", 1)
	salted := signedItem("5:hello", "salt", 1)
	unsorted := signedItem("d1:bi1e1:ai1ee", "", 1)
	key, sig := "1:k32:"+string(it.Key[:]), "3:sig64:"+string(it.Sig[:])
	const seq, token, hello = "3:seqi1e", "5:token4:tokn", "1:v5:hello"
	for _, c := range []struct {
		name, args string
		code       int
		mutable    bool
	}{
		{"immutable", token + hello, 0, false},
		{"mutable", key + seq + sig + token + hello, 0, true},
		{"mutable with an empty salt", key + "4:salt0:" + seq + sig + token + hello, 0, true},
		{"mutable with salt", key + "4:salt4:salt" + seq + "3:sig64:" + string(salted.Sig[:]) + token + hello, 0, true},
		{"a salt that was not signed", key + "4:salt4:salt" + seq + sig + token + hello, CodeBadSignature, true},
		{"another seq", key + "3:seqi2e" + sig + token + hello, CodeBadSignature, true},
		{"unknown keys", key + seq + sig + token + hello + "1:zi1e", 0, true},
		{"target, which put has not", key + seq + sig + "6:target20:" + abc + token + hello, 0, true},

		{"no value", token, CodeProtocol, false},
		{"no value, mutable", key + seq + sig + token, CodeProtocol, false},
		{"only k", key + token + hello, CodeProtocol, false},
		{"only seq", seq + token + hello, 0, false},
		{"only sig", sig + token + hello, CodeProtocol, false},
		{"no k", seq + sig + token + hello, CodeProtocol, false},
		{"no seq", key + sig + token + hello, CodeProtocol, false},
		{"no sig", key + seq + token + hello, CodeProtocol, false},
		{"k of 31 bytes", "1:k31:" + string(it.Key[1:]) + seq + sig + token + hello, CodeProtocol, false},
		{"k of 33 bytes", "1:k33:x" + string(it.Key[:]) + seq + sig + token + hello, CodeProtocol, false},
		{"k of 31 bytes and nothing else", "1:k31:" + string(it.Key[1:]) + token + hello, CodeProtocol, false},
		{"k as an integer", "1:ki1e" + seq + sig + token + hello, CodeProtocol, false},
		{"sig of 63 bytes", key + seq + "3:sig63:" + string(it.Sig[1:]) + token + hello, CodeProtocol, false},
		{"sig empty", key + seq + "3:sig0:" + token + hello, CodeProtocol, false},
		{"sig as a list", key + seq + "3:sigle" + token + hello, CodeProtocol, false},
		{"seq negative", key + "3:seqi-1e" + sig + token + hello, CodeProtocol, false},
		{"seq as a string", key + "3:seq1:1" + sig + token + hello, CodeProtocol, false},
		{"seq beyond int64", key + "3:seqi9223372036854775808e" + sig + token + hello, CodeProtocol, false},
		{"seq that is 1 if it overflows", key + "3:seqi18446744073709551617e" + sig + token + hello, CodeProtocol, false},
		{"cas", "3:casi0e" + key + seq + sig + token + hello, 0, true},
		{"cas negative", "3:casi-1e" + key + seq + sig + token + hello, CodeProtocol, false},
		{"cas beyond int64", "3:casi9223372036854775808e" + key + seq + sig + token + hello, CodeProtocol, false},
		{"cas of an immutable item", "3:casi0e" + token + hello, 0, false},
		{"cas beyond int64, immutable", "3:casi9223372036854775808e" + token + hello, CodeProtocol, false},
		{"salt as an integer", key + "4:salti1e" + seq + sig + token + hello, CodeProtocol, false},
		{"salt of an immutable item", "4:salt4:salt" + token + hello, 0, false},
		{"salt of 65 bytes", key + "4:salt65:" + strings.Repeat("s", 65) + seq + sig + token + hello, CodeSaltTooBig, false},
		{"salt of 65 bytes, immutable", "4:salt65:" + strings.Repeat("s", 65) + token + hello, CodeSaltTooBig, false},
		{"1000 bytes", token + "1:v" + text(1000), 0, false},
		{"1001 bytes", token + "1:v" + text(1001), CodeValueTooBig, false},
		{"1001 bytes, mutable", key + seq + sig + token + "1:v" + text(1001), CodeValueTooBig, false},

		{"v before token", key + seq + sig + hello + token, CodeProtocol, false},
		{"token first", token + key + seq + sig + hello, CodeProtocol, false},
		{"unsorted keys that are unknown", token + hello + "1:zi1e1:yi1e", CodeProtocol, false},
		{"unknown keys twice", token + hello + "1:zi1e1:zi1e", CodeProtocol, false},
		{"unsorted keys in another value", token + hello + "1:zd1:bi1e1:ai1ee", CodeProtocol, false},
		{"unsorted keys in v", token + "1:vd1:bi1e1:ai1ee", CodeProtocol, false},
		{"unsorted keys in v, signed", key + seq + "3:sig64:" + string(unsorted.Sig[:]) + token + "1:vd1:bi1e1:ai1ee", CodeProtocol, false},
		{"unsorted keys in a list in v", token + "1:vld1:bi1e1:ai1eee", CodeProtocol, false},
	} {
		cas, rest := "", c.args
		if strings.HasPrefix(rest, "3:cas") { // the one key that comes before id
			end := strings.IndexByte(rest, 'e') + 1
			cas, rest = rest[:end], rest[end:]
		}
		var m Message
		if err := m.Parse([]byte("d1:ad" + cas + "2:id20:" + abc + rest + "e1:q3:put1:t2:aa1:y1:qe")); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got, reason := m.PutItem()
		if codeOf(reason) != c.code || reason == nil && got.Mutable != c.mutable {
			t.Errorf("%s: got %v, mutable %v", c.name, reason, got.Mutable)
		}
		if reason == nil && got.Check() != nil {
			t.Errorf("%s: let through, and yet %v", c.name, got.Check())
		}
	}
}

// An answer to get may hold these items. A row without an error is valid.
func TestMessageItem(t *testing.T) {
	it := signedItem("5:hello", "salt", 1)
	key, sig := "1:k32:"+string(it.Key[:]), "3:sig64:"+string(it.Sig[:])
	mutable, immutable := it.Target(), ValueTarget([]byte("5:hello"))
	loose, long := "d1:bi1e1:ai1ee", text(1001)
	looseItem := signedItem(loose, "salt", 1)
	const seq, hello = "3:seqi1e", "1:v5:hello"
	for _, c := range []struct {
		name, rets string
		target     ID
		salt       string
		want       error
	}{
		{"immutable", hello, immutable, "", nil},
		{"immutable, and a salt that it has not", hello, immutable, "salt", nil},
		{"immutable beside keys of the other kind", key + seq + sig + hello, immutable, "", nil},
		{"immutable beside a bad key", "1:k0:" + hello, immutable, "", nil},
		{"mutable", key + seq + sig + hello, mutable, "salt", nil},
		{"mutable in any order", hello + sig + seq + key, mutable, "salt", nil},
		{"unsorted keys in v", "1:v" + loose, ValueTarget([]byte(loose)), "", nil},
		{"unsorted keys in v, mutable", key + seq + "3:sig64:" + string(looseItem.Sig[:]) + "1:v" + loose, mutable, "salt", nil},
		{"nothing", "", immutable, "", ErrNoItem},
		{"only its seq", seq, mutable, "salt", ErrNoItem},
		{"all but v", key + seq + sig, mutable, "salt", ErrNoItem},
		{"another value", "1:v5:hellO", immutable, "", ErrBadItem},
		{"another value, mutable", key + seq + sig + "1:v5:hellO", mutable, "salt", ErrBadItem},
		{"no salt", key + seq + sig + hello, mutable, "", ErrBadItem},
		{"another salt", key + seq + sig + hello, mutable, "pepper", ErrBadItem},
		{"the salt of another target", key + seq + sig + hello, KeyTarget(it.Key, []byte("pepper")), "pepper", ErrBadItem},
		{"another key", "1:k32:x" + string(it.Key[1:]) + seq + sig + hello, mutable, "salt", ErrBadItem},
		{"another seq", key + "3:seqi2e" + sig + hello, mutable, "salt", ErrBadItem},
		{"a negative seq", key + "3:seqi-1e" + sig + hello, mutable, "salt", ErrBadItem},
		{"no sig", key + seq + hello, mutable, "salt", ErrBadItem},
		{"a short sig", key + seq + "3:sig1:x" + hello, mutable, "salt", ErrBadItem},
		{"1001 bytes", "1:v" + long, ValueTarget([]byte(long)), "", ErrBadItem},
	} {
		var m Message
		packet := []byte(response(c.rets))
		if err := m.Parse(packet); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got, err := m.Item(c.target, []byte(c.salt))
		if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: got %v", c.name, err)
		}
		clear(packet) // what came out must not depend on it
		switch {
		case err == nil && got.Target() != c.target:
			t.Errorf("%s: the item of another target: %+v", c.name, got)
		case err != nil && got.Value != nil:
			t.Errorf("%s: an item beside the error: %+v", c.name, got)
		}
	}
}

// An item does not share its bytes with a clone of it, nor with the salt that
// was asked for.
func TestItemsAreCopies(t *testing.T) {
	it := signedItem("5:hello", "salt", 1)
	clone := it.Clone()
	it.Value[2], it.Salt[0] = 'H', 'S'
	if string(clone.Value) != "5:hello" || string(clone.Salt) != "salt" {
		t.Errorf("a clone that changed: %+v", clone)
	}
	var m Message
	if err := m.Parse((&Response{Tx: []byte("aa"), Item: &clone}).Append(nil)); err != nil {
		t.Fatal(err)
	}
	salt := []byte("salt")
	got, err := m.Item(clone.Target(), salt)
	clear(salt)
	if err != nil || string(got.Salt) != "salt" {
		t.Errorf("got %+v, %v", got, err)
	}
	room := append(make([]byte, 0, 64), "salt"...) // where appending would write
	for range 2 {
		if KeyTarget(clone.Key, room) != clone.Target() {
			t.Error("the target changed")
		}
	}
}
