package krpc

import (
	"errors"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

func TestValues(t *testing.T) {
	for in, want := range map[string]any{
		"i-42e":                       int64(-42),
		"2:\xff\x00":                  "\xff\x00",
		"le":                          []any(nil),
		"de":                          map[string]any{},
		"li1e1:ali2eee":               []any{int64(1), "a", []any{int64(2)}},
		"d1:ad1:bi1ee1:c0:e":          map[string]any{"a": map[string]any{"b": int64(1)}, "c": ""},
		nested("l", "", maxDepth):     nil, // too deep to write down; the round trip is what counts
		nested("d0:", "0:", maxDepth): nil,
	} {
		v, err := DecodeValue([]byte(in))
		if err != nil || want != nil && !reflect.DeepEqual(v, want) {
			t.Errorf("%q: got %#v, %v", in, v, err)
			continue
		}
		if again, err := EncodeValue(v); err != nil || string(again) != in {
			t.Errorf("%q: written again: %q, %v", in, again, err)
		}
	}
}

func TestDecodeValueRefuses(t *testing.T) {
	for _, in := range []string{
		"", "i1", "i01e", "2147483647:", strings.Repeat("l", 1<<16), nested("l", "", maxDepth+1), "i1ei1e",
		"d1:a1:x1:a1:ye", "d1:a1:x1:b0:1:a1:ye", "ld0:d1:a0:1:a0:eee",
	} {
		if v, err := DecodeValue([]byte(in)); !errors.Is(err, ErrBencode) || v != nil {
			t.Errorf("%.20q: got %v, %v", in, v, err)
		}
	}
	if v, err := DecodeValue([]byte("i9223372036854775808e")); err == nil || v != nil {
		t.Errorf("an integer beyond int64: got %v, %v", v, err)
	}
}

func TestEncodeValueRefuses(t *testing.T) {
	loop := []any{nil}
	loop[0] = loop
	deep := any(int64(1))
	for range maxDepth + 1 {
		deep = []any{deep}
	}
	for name, v := range map[string]any{
		"nil": nil, "int": 1, "float": 1.5, "bool": true, "bytes": []byte("a"), "map": map[int]any{},
		"inside a list": []any{1.5}, "inside a dictionary": map[string]any{"a": nil},
		"a list that holds itself": loop, "33 deep": deep,
	} {
		if b, err := EncodeValue(v); err == nil {
			t.Errorf("%s: written as %q", name, b)
		}
	}
}

// Decoded values are larger than their text, but by a bounded factor: the worst
// are dictionaries of one entry, each a map of its own.
func TestDecodeValueMemory(t *testing.T) {
	const factor, fixed = 128, 16 << 10 // the decoder's own buffer is in fixed
	for name, in := range map[string]string{
		"a boast":              "2147483647:",
		"a boast within":       "d1:a2147483647:e",
		"deep":                 strings.Repeat("l", 1<<16),
		"empty strings":        nested("l", strings.Repeat("0:", 1<<15), 1),
		"empty lists":          nested("l", strings.Repeat("le", 1<<15), 1),
		"empty dictionaries":   nested("l", strings.Repeat("de", 1<<15), 1),
		"lists of one":         nested("l", strings.Repeat("l0:e", 1<<14), 1),
		"dictionaries of one":  nested("l", strings.Repeat("d0:0:e", 1<<13), 1),
		"dictionaries, nested": nested("l", strings.Repeat(nested("d0:", "0:", 31), 1<<9), 1),
		"integers":             nested("l", strings.Repeat("i0e", 1<<14), 1),
		"one string":           "65536:" + strings.Repeat("x", 1<<16),
	} {
		b := []byte(in)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		DecodeValue(b)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > factor*uint64(len(b))+fixed {
			t.Errorf("%s: %d bytes of input took %d", name, len(b), used)
		} else {
			t.Logf("%s: %d bytes of input took %d", name, len(b), used)
		}
	}
}

func TestWithID(t *testing.T) {
	id, _ := IDFrom("abcdefghij0123456789")
	for _, c := range []struct{ in, want string }{ // want is empty where it is refused
		{"de", "d2:id20:abcdefghij0123456789e"},
		{"d1:xi1e1:a0:e", "d1:a0:2:id20:abcdefghij01234567891:xi1ee"},
		{"d2:id3:ownee", ""},
		{"d2:id3:owne", "d2:id3:owne"}, // a script may lie about its id
		{"le", ""},
		{"i1e", ""},
		{"", ""},
		{"d1:a0:1:a0:e", ""},
		{nested("d0:", "0:", 32), ""}, // with the message around it, too deep
	} {
		got, err := WithID([]byte(c.in), id)
		if string(got) != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%q: got %q, %v", c.in, got, err)
		}
	}
}

// A receiver can read all values that WithID accepts.
func TestDeepestArguments(t *testing.T) {
	args, err := WithID([]byte(nested("d0:", "0:", 31)), ID{1})
	if err != nil {
		t.Fatal(err)
	}
	var m Message
	if err := m.Parse(AppendQuery(nil, "deep", args, []byte("aa"), "", false)); err != nil || string(m.Body) != string(args) {
		t.Errorf("body %q, %v", m.Body, err)
	}
}
