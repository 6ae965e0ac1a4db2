package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// A million simulated nodes each have one.
func TestEmptyStoresAreSmall(t *testing.T) {
	if n := reflect.TypeFor[Items]().Size(); n > 64 {
		t.Errorf("an empty Items takes %d bytes", n)
	}
	if n := reflect.TypeFor[Samples]().Size(); n > 16 {
		t.Errorf("a Samples takes %d bytes", n)
	}
	s := *NewItems(ItemsConfig{})
	s.Get(0, krpc.ID{})
	s.Expire(1)
	s.SetOwn(krpc.ID{1})
	s.Each(func(krpc.ID, *krpc.Item, krpc.Time) { t.Error("something in an empty store") })
	if s.chest != nil || s.Len() != 0 || s.Bytes() != 0 {
		t.Error("an empty store has allocated")
	}
}

// The item of a put is copied: a datagram's buffer is used again.
func TestItemsAreCopied(t *testing.T) {
	s := NewItems(ItemsConfig{})
	for seq := range int64(2) { // the first is stored, the second replaces it
		it := krpc.Item{Value: []byte("3:abc"), Salt: []byte("salt"), Mutable: true, Seq: seq}
		target := it.Target()
		if err := s.Put(0, &it, nil, addr4); err != nil {
			t.Fatal(err)
		}
		copy(it.Value, "3:xyz")
		copy(it.Salt, "XXXX")
		got, ok := s.Get(0, target)
		if !ok || string(got.Value) != "3:abc" || string(got.Salt) != "salt" || got.Seq != seq {
			t.Errorf("got %+v, %v", got, ok)
		}
	}
}

// Of an immutable item only the value is kept.
func TestImmutableIsNothingButItsValue(t *testing.T) {
	s := NewItems(ItemsConfig{})
	it := krpc.Item{Value: []byte("1:v"), Salt: make([]byte, 1<<20), Seq: 7}
	if err := s.Put(0, &it, nil, addr4); err != nil {
		t.Fatal(err)
	}
	if got, _ := s.Get(0, it.Target()); !reflect.DeepEqual(*got, krpc.Item{Value: it.Value}) || s.Bytes() != 3 {
		t.Errorf("kept %d bytes: salt %d, seq %d", s.Bytes(), len(got.Salt), got.Seq)
	}
}

// A value may happen to read like a key with its salt: then both have one target, and the first
// item keeps it.
func TestOneTargetForBothKinds(t *testing.T) {
	key := [32]byte([]byte("33:" + "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk")[:32])
	mutable := krpc.Item{Value: []byte("1:v"), Mutable: true, Key: key, Salt: []byte("salt")}
	immutable := krpc.Item{Value: append(key[:], "salt"...)}
	s := NewItems(ItemsConfig{})
	if err := s.Put(0, &mutable, nil, addr4); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(0, &immutable, nil, addr4); err == nil || err.Code != krpc.CodeServer {
		t.Errorf("got %v", err)
	}
	if got, _ := s.Get(0, immutable.Target()); !got.Mutable {
		t.Error("it was replaced")
	}
}

// The first hosts are told apart well; after that the count lags and ends at 256.
func TestCrowd(t *testing.T) {
	var c crowd
	counts := map[int][2]int{5: {4, 5}, 50: {40, 50}, 200: {120, 180}, 5000: {250, 256}}
	for i := range 5000 {
		c.add(host(i).Addr())
		c.add(host(i / 2).Addr())
		if want, some := counts[i+1]; some && (c.count() < want[0] || c.count() > want[1]) {
			t.Errorf("%d hosts count as %d, want %v", i+1, c.count(), want)
		}
	}
}

// One call of Expire does a bounded amount of work, and Next says that there is more.
func TestItemsExpireInSteps(t *testing.T) {
	s := NewItems(ItemsConfig{MaxItems: 3 * expiriesPerCall, MaxPerHost: -1})
	for i := range 3 * expiriesPerCall {
		s.Put(0, &krpc.Item{Value: fmt.Appendf(nil, "i%de", i)}, nil, addr4)
	}
	now := krpc.Time(DefaultItemExpiry)
	for calls := 0; s.Len() > 0; calls++ {
		if next, ok := s.Next(); !ok || next > now || calls == 3 {
			t.Fatalf("%d left after %d calls, next %v, %v", s.Len(), calls, next, ok)
		}
		s.Expire(now)
	}
	if s.Bytes() != 0 || len(s.chest.held) != 0 {
		t.Errorf("%d bytes, %d holders left", s.Bytes(), len(s.chest.held))
	}
}

// itemModel keeps everything in one list, and finds what it needs by looking.
type itemModel struct {
	cfg  ItemsConfig
	list []*itemRecord // longest not put first
}

type itemRecord struct {
	it     krpc.Item
	last   krpc.Time
	hosts  map[netip.Addr]bool
	holder netip.Addr
}

func (m *itemModel) expire(now krpc.Time) {
	m.list = slices.DeleteFunc(m.list, func(r *itemRecord) bool { return r.last.Add(m.cfg.Expiry) <= now })
}

// weight is libtorrent's, times five to stay whole.
func (m *itemModel) less(a, b *itemRecord) bool {
	weight := func(r *itemRecord) int { return len(r.hosts) + 5*r.it.Target().CommonPrefix(m.cfg.Own) }
	if weight(a) != weight(b) {
		return weight(a) < weight(b)
	}
	return krpc.Closer(m.cfg.Own, a.it.Target(), b.it.Target()) > 0
}

func (m *itemModel) put(now krpc.Time, it krpc.Item, cas *int64, from netip.Addr) int {
	m.expire(now)
	var kind, his []*itemRecord
	for i, r := range m.list {
		if r.it.Target() == it.Target() {
			return m.again(now, i, it, cas, from)
		}
		if r.it.Mutable == it.Mutable {
			kind = append(kind, r)
			if r.holder == from {
				his = append(his, r)
			}
		}
	}
	fresh := &itemRecord{it, now, map[netip.Addr]bool{from: true}, from}
	if len(his) >= m.cfg.MaxPerHost {
		return krpc.CodeServer
	}
	if len(kind) >= m.cfg.MaxItems {
		least := slices.MinFunc(kind, func(a, b *itemRecord) int {
			if m.less(a, b) {
				return -1
			}
			return 1
		})
		if m.less(fresh, least) {
			return krpc.CodeServer
		}
		m.list = slices.DeleteFunc(m.list, func(r *itemRecord) bool { return r == least })
	}
	m.list = append(m.list, fresh)
	return 0
}

func (m *itemModel) again(now krpc.Time, i int, it krpc.Item, cas *int64, from netip.Addr) int {
	r := m.list[i]
	if it.Mutable {
		if cas != nil && *cas != r.it.Seq {
			return krpc.CodeCasMismatch
		}
		if it.Seq < r.it.Seq || it.Seq == r.it.Seq && !bytes.Equal(it.Value, r.it.Value) {
			return krpc.CodeSeqTooLow
		}
	}
	r.it, r.last = it, now
	r.hosts[from] = true
	m.list = append(slices.Delete(m.list, i, i+1), r)
	return 0
}

func (m *itemModel) check(s *Items) error {
	var got, want []string
	size := 0
	s.Each(func(target krpc.ID, it *krpc.Item, last krpc.Time) { got = append(got, fmt.Sprint(target, *it, last)) })
	for _, r := range m.list {
		want = append(want, fmt.Sprint(r.it.Target(), r.it, r.last))
		size += len(r.it.Value) + len(r.it.Salt)
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("holds\n%v, want\n%v", got, want)
	}
	if s.Len() != len(want) || s.Bytes() != size {
		return fmt.Errorf("%d items of %d bytes, want %d of %d", s.Len(), s.Bytes(), len(want), size)
	}
	next, some := s.Next()
	if some != (len(want) > 0) || some && next != m.list[0].last.Add(m.cfg.Expiry) {
		return fmt.Errorf("next %v, %v", next, some)
	}
	return nil
}

// compareItems plays raw, eight bytes a call, to a small store and to the model.
func compareItems(raw []byte) error {
	cfg := ItemsConfig{MaxItems: 6, MaxPerHost: 3, Expiry: 2 * time.Hour, Own: krpc.ID{0x55}}
	s, m, now := NewItems(cfg), &itemModel{cfg: cfg}, krpc.Time(0)
	for ; len(raw) >= 8; raw = raw[8:] {
		now += krpc.Time(raw[0]) * minute / 16
		it := krpc.Item{Value: fmt.Appendf(nil, "i%de", raw[1]%24)}
		if raw[2]%2 == 1 {
			it = krpc.Item{Value: fmt.Appendf(nil, "i%de", raw[1]%3), Mutable: true, Key: [32]byte{raw[3] % 4}, Seq: int64(raw[4] % 4)}
			it.Salt = bytes.Repeat([]byte{'s'}, int(raw[3]/4%3))
		}
		var cas *int64
		if raw[5]%4 == 0 {
			cas = new(int64(raw[5] / 4 % 4))
		}
		switch raw[6] % 16 {
		case 0:
			s.Expire(now)
			m.expire(now)
			if err := m.check(s); err != nil {
				return err
			}
		case 1:
			cfg.Own[0] = raw[7]
			m.cfg = cfg
			s.SetOwn(cfg.Own)
		case 2:
			m.expire(now)
			got, some := s.Get(now, it.Target())
			i := slices.IndexFunc(m.list, func(r *itemRecord) bool { return r.it.Target() == it.Target() })
			if some != (i >= 0) || some && !reflect.DeepEqual(*got, m.list[i].it) {
				return fmt.Errorf("get: %v, %v", got, some)
			}
		default:
			from, code := host(16+int(raw[7]%8)).Addr(), 0 // eight that a crowd can tell apart
			if err := s.Put(now, &it, cas, from); err != nil {
				code = err.Code
			}
			if want := m.put(now, it, cas, from); code != want {
				return fmt.Errorf("put of %v by %v: %d, want %d", it, from, code, want)
			}
		}
	}
	s.Expire(now)
	m.expire(now)
	return m.check(s)
}

func TestItemsAgainstModel(t *testing.T) {
	for seed := range 30 {
		raw := make([]byte, 8*1000)
		rand.NewChaCha8([32]byte{byte(seed)}).Read(raw)
		if err := compareItems(raw); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

func FuzzItems(f *testing.F) {
	raw := make([]byte, 8*100)
	rand.NewChaCha8([32]byte{1}).Read(raw)
	f.Add(raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		if err := compareItems(raw[:min(len(raw), 1<<13)]); err != nil {
			t.Fatal(err)
		}
	})
}

// Most of these are refused once the nearest 700 are there.
func BenchmarkPutFull(b *testing.B) {
	s := NewItems(ItemsConfig{MaxPerHost: -1})
	var it krpc.Item
	for i := 0; b.Loop(); i++ {
		it.Value = fmt.Appendf(it.Value[:0], "i%de", i)
		s.Put(krpc.Time(i), &it, nil, addr4)
	}
}

// BenchmarkItemMemory reports the bytes that a stored item costs besides its value
// and salt.
func BenchmarkItemMemory(b *testing.B) {
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		s := NewItems(ItemsConfig{})
		for i := range 2 * DefaultMaxItems {
			s.Put(0, &krpc.Item{Value: fmt.Appendf(nil, "i%de", i/2), Mutable: i%2 == 0, Key: [32]byte{byte(i >> 8), byte(i)}}, nil, host(i).Addr())
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(s.Len())-float64(s.Bytes()/s.Len()), "B/item")
	}
}
