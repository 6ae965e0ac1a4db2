package krpc

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func testSource() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

func number(id ID) *big.Int { return new(big.Int).SetBytes(id[:]) }

// relative returns ids that share a prefix of some random length with id, so
// that comparisons have to look beyond the first bytes.
func relative(src *rand.Rand, id ID) ID {
	return RandomID(src).WithPrefix(id, src.IntN(161))
}

func TestParseID(t *testing.T) {
	const digits = "00112233445566778899aAbBcCdDeEfF01234567"
	id, err := ParseID(digits)
	if err != nil || id.String() != strings.ToLower(digits) {
		t.Errorf("got %v, %v", id, err)
	}
	for _, bad := range []string{"", digits[1:], digits + "0", digits[:39] + "g", "0x" + digits[2:]} {
		if id, err := ParseID(bad); err == nil || !id.IsZero() {
			t.Errorf("%q: got %v, %v", bad, id, err)
		}
	}
}

func TestIDFrom(t *testing.T) {
	if id, ok := IDFrom("abcdefghij0123456789"); !ok || string(id[:]) != "abcdefghij0123456789" {
		t.Errorf("got %v, %v", id, ok)
	}
	for _, n := range []int{0, 19, 21} {
		if _, ok := IDFrom(make([]byte, n)); ok {
			t.Errorf("%d bytes passed for an id", n)
		}
	}
}

// Distances, as whole numbers would give them.
func TestCloserAgainstNumbers(t *testing.T) {
	src := testSource()
	for range 2000 {
		target := RandomID(src)
		a := relative(src, target)
		b := relative(src, a)
		da := new(big.Int).Xor(number(target), number(a))
		db := new(big.Int).Xor(number(target), number(b))
		if number(target.Xor(a)).Cmp(da) != 0 {
			t.Fatalf("xor of %v and %v: %v", target, a, target.Xor(a))
		}
		if got, want := Closer(target, a, b), da.Cmp(db); got != want || Closer(target, b, a) != -want {
			t.Fatalf("target %v, a %v, b %v: got %d, want %d", target, a, b, got, want)
		}
		if got, want := a.Compare(b), number(a).Cmp(number(b)); got != want {
			t.Fatalf("compare %v and %v: got %d, want %d", a, b, got, want)
		}
	}
	if id := RandomID(src); Closer(id, id, id) != 0 {
		t.Error("an id is as near as itself")
	}
}

// Every position matters to Closer, the last bit too.
func TestCloserEveryBit(t *testing.T) {
	target := RandomID(testSource())
	for i := range 8 * IDLen {
		far := target.Flip(i)
		if Closer(target, target, far) != -1 || Closer(target, far, target) != 1 {
			t.Errorf("bit %d made no difference", i)
		}
	}
}

func TestPrefix(t *testing.T) {
	src := testSource()
	id := RandomID(src)
	for n := range 8 * IDLen {
		flipped := id.Flip(n)
		if got := id.CommonPrefix(flipped); got != n {
			t.Errorf("bit %d flipped: common prefix %d", n, got)
		}
		if flipped.Bit(n) == id.Bit(n) || flipped.Flip(n) != id {
			t.Errorf("bit %d does not flip", n)
		}
		if want := int(number(id).Bit(8*IDLen - 1 - n)); id.Bit(n) != want {
			t.Errorf("bit %d is %d, want %d", n, id.Bit(n), want)
		}
	}
	if got := id.CommonPrefix(id); got != 160 {
		t.Errorf("an id shares %d bits with itself", got)
	}
}

func TestWithPrefix(t *testing.T) {
	src := testSource()
	for n := 0; n <= 8*IDLen; n++ {
		prefix, rest := RandomID(src), RandomID(src)
		got := rest.WithPrefix(prefix, n)
		for i := range 8 * IDLen {
			want := rest.Bit(i)
			if i < n {
				want = prefix.Bit(i)
			}
			if got.Bit(i) != want {
				t.Fatalf("prefix of %d bits: bit %d is from the wrong id", n, i)
			}
		}
	}
}

func TestRandomID(t *testing.T) {
	var some, all ID
	for i := range all {
		all[i] = 0xff
	}
	src := testSource()
	for range 64 {
		id := RandomID(src)
		for i := range id {
			some[i] |= id[i]
		}
	}
	if some != all {
		t.Errorf("bits that are never drawn: %v", all.Xor(some))
	}
	if again := RandomID(testSource()); again != RandomID(testSource()) {
		t.Error("the same source drew two different ids")
	}
}

func TestIDsDoNotAllocate(t *testing.T) {
	src := testSource()
	ids := []ID{RandomID(src), RandomID(src), RandomID(src)}
	allocs := testing.AllocsPerRun(100, func() {
		slices.SortFunc(ids, func(a, b ID) int { return Closer(ids[0].Xor(a), a, b) })
		ids[1] = ids[1].Flip(3).WithPrefix(ids[2], ids[0].CommonPrefix(ids[1]))
	})
	if allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}

// Each bit counts.
func TestIs(t *testing.T) {
	id, zero := ID{7: 1, 19: 1}, ID{}
	for n := range 8 * IDLen {
		if other := id.Flip(n); !id.Is(&id) || id.Is(&other) {
			t.Errorf("bit %d makes no difference", n)
		}
		if one := zero.Flip(n); !zero.IsZero() || one.IsZero() {
			t.Errorf("bit %d is as good as none", n)
		}
	}
}
