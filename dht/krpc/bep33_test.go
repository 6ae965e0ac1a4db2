package krpc

import (
	"encoding/hex"
	"fmt"
	"math"
	"net/netip"
	"strings"
	"testing"
)

// The filter that BEP 33 prints.
const bep33Filter = "F6C3F5EAA07FFD91BDE89F777F26FB2BFF37BDB8FB2BBAA2FD3DDDE7BACFFF75EE7CCBAEFE5EEDB1FBFAFF67F6ABFF5E" +
	"43DDBCA3FD9B9FFDF4FFD3E9DFF12D1BDF59DB53DBE9FA5B7FF3B8FDFCDE1AFB8BEDD7BE2F3EE71EBBBFE93BCDEEFE14" +
	"8246C2BC5DBFF7E7EFDCF24FD8DC7ADFFD8FFFDFDDFFF7A4BBEEDF5CB95CE81FC7FCFF1FF4FFFFDFE5F7FDCBB7FD79B3" +
	"FA1FC77BFE07FFF905B7B7FFC7FEFEFFE0B8370BB0CD3F5B7F2BD93FEB4386CFDD6F7FD5BFAF2E9EBFFFFEECD67ADBF7" +
	"C67F17EFD5D75EBA6FFEBA7FFF47A91EB1BFBB53E8ABFB5762ABE8FF237279BFEFBFEEF5FFC5FEBFDFE5ADFFADFEE1FB" +
	"737FFFFBFD9F6AEFFEEE76B6FD8F72EF"

// host4 and host6 are the addresses that BEP 33 puts into its filter.
func host4(i int) netip.Addr { return netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}) }
func host6(i int) netip.Addr {
	return netip.AddrFrom16([16]byte{0: 0x20, 1: 0x01, 2: 0x0d, 3: 0xb8, 14: byte(i >> 8), 15: byte(i)})
}

// filter holds n addresses.
func filter(n int) *Bloom {
	f := new(Bloom)
	for i := range n {
		f.Add(host6(i))
	}
	return f
}

func TestBEP33Vectors(t *testing.T) {
	var v4, all Bloom
	for i := range 256 {
		v4.Add(host4(i))
	}
	all.Union(filter(1000))
	all.Union(&v4)
	if got := strings.ToUpper(hex.EncodeToString(all[:])); got != bep33Filter {
		t.Errorf("got filter %s", got)
	}
	for i := range 1000 {
		if !all.Has(host6(i)) || i < 256 && !all.Has(host4(i)) {
			t.Fatalf("address %d is not in the filter", i)
		}
	}
	var one, none, full Bloom
	one.Add(netip.MustParseAddr("192.168.1.1"))
	for i := range full {
		full[i] = 0xff
	}
	for _, c := range []struct {
		name            string
		f               *Bloom
		estimate, count string
	}{
		{"the BEP's", &all, "1224.9309", "1224.9309"}, // 1224.93089, of which the BEP prints 1224.9308
		{"the IPv4 ones", &v4, "257.8546", "257.8546"},
		{"one", &one, "1.0002", "1.0002"},
		{"empty", &none, "0.5000", "0.0000"},
		{"full", &full, "7805.7035", "7805.7035"},
	} {
		estimate, count := fmt.Sprintf("%.4f", c.f.Estimate()), fmt.Sprintf("%.4f", c.f.Count())
		if estimate != c.estimate || count != c.count {
			t.Errorf("%s: estimate %s, count %s", c.name, estimate, count)
		}
	}
}

func TestBloomBits(t *testing.T) {
	var f, mapped, want Bloom
	f.Add(netip.MustParseAddr("192.168.1.1"))
	mapped.Add(netip.MustParseAddr("::ffff:192.168.1.1"))
	want[1711/8] |= 1 << (1711 % 8)
	want[1831/8] |= 1 << (1831 % 8)
	if f != want || mapped != want {
		t.Errorf("got bits %x and %x", f, mapped)
	}
	for i := range want {
		half := want
		if half[i] = 0; half != want && half.Has(netip.MustParseAddr("192.168.1.1")) {
			t.Error("an address with only one of its bits")
		}
	}
	if f.Has(netip.MustParseAddr("192.168.1.2")) || new(Bloom).Has(host4(0)) {
		t.Error("an address that was not added")
	}
}

// Few clear bits are left of a large set, so chance weighs more.
func TestBloomAccuracy(t *testing.T) {
	for n, tolerance := range map[int]float64{10: 1, 100: 5, 1000: 50, 3000: 200, 6000: 900} {
		if got := filter(n).Count(); math.Abs(got-float64(n)) > tolerance {
			t.Errorf("%d addresses: estimated %.0f", n, got)
		}
	}
}

func TestBEP33Forms(t *testing.T) {
	three, none := string(filter(3)[:]), string(new(Bloom)[:])
	for _, c := range []struct{ name, in, want string }{
		{"flags", query("6:noseedi1e6:scrapei1e4:seedi1e"), "q q=x body id=abc seed=true noseed=true scrape=true"},
		{"any number but 0", query("6:noseedi-1e6:scrapei2e4:seedi99999e"), "q q=x body id=abc seed=true noseed=true scrape=true"},
		{"0", query("6:noseedi0e6:scrapei0e4:seedi0e"), "q q=x body id=abc"},
		{"as strings", query("6:noseed1:16:scrape1:14:seed1:1"), "q q=x body id=abc"},
		{"beyond int64", query("4:seedi9223372036854775808e"), "q q=x body id=abc"},
		{"one twice", query("4:seedi1e4:seedi1e"), "!"},
		{"filters", response("4:BFpe256:" + none + "4:BFsd256:" + three), "r body id=mno seeds=3 peers=0"},
		{"mldht's name", response("4:BFpe256:" + three + "4:BFse256:" + three), "r body id=mno seeds=3 peers=3"},
		{"both names", response("4:BFsd256:" + three + "4:BFse256:" + none), "r body id=mno seeds=3"},
		{"both names, the other way round", response("4:BFse256:" + none + "4:BFsd256:" + three), "r body id=mno seeds=3"},
		{"both names, one bad", response("4:BFsd1:x4:BFse256:" + three), "r body id=mno seeds=3 bad=BFsd"},
		{"both names, the other bad", response("4:BFsd256:" + three + "4:BFse0:"), "r body id=mno seeds=3 bad=BFsd"},
		{"255 bytes", response("4:BFpe255:" + none[1:] + "4:BFsd255:" + none[1:]), "r body id=mno bad=BFsd,BFpe"},
		{"257 bytes", response("4:BFpe257:x" + none), "r body id=mno bad=BFpe"},
		{"empty strings", response("4:BFpe0:4:BFsd0:"), "r body id=mno bad=BFsd,BFpe"},
		{"lists", response("4:BFpele4:BFseli1ee"), "r body id=mno bad=BFsd,BFpe"},
		{"one filter twice", response("4:BFpe0:4:BFpe0:"), "!"},
	} {
		if got := read(c.in); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}
