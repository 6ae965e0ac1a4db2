package krpc

import "testing"

// A torrent that can change is a mutable item, found as any other.
func TestBEP46Vectors(t *testing.T) {
	key := [32]byte(unhex(t, "8543d3e6115f0f98c944077a4493dcd543e49c739fd998550a1f614ab36ed63e"))
	for salt, want := range map[string]string{
		"":  "cc3f9d90b572172053626f9980ce261a850d050b",
		"n": "59ee7c2cb9b4f7eb1986ee2d18fd2fdb8a56554f",
	} {
		it := Item{Mutable: true, Key: key, Salt: []byte(salt)}
		if got := it.Target(); got.String() != want || KeyTarget(key, []byte(salt)) != got {
			t.Errorf("salt %q: got %v, want %s", salt, got, want)
		}
	}
}
