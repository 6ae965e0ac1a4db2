package entry

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/lightdht/lightdht/dht"
)

func TestParseGrant(t *testing.T) {
	for text, want := range map[string]dht.Grant{
		"10.0.0.0/8":              {Prefix: netip.MustParsePrefix("10.0.0.0/8"), First: 1024, Last: 65535},
		"10.0.0.1":                {Prefix: netip.MustParsePrefix("10.0.0.1/32"), First: 1024, Last: 65535},
		"10.0.0.1:53":             {Prefix: netip.MustParsePrefix("10.0.0.1/32"), First: 53, Last: 53},
		"10.0.0.0/8:1-65535":      {Prefix: netip.MustParsePrefix("10.0.0.0/8"), First: 1, Last: 65535},
		"0.0.0.0/0:6881":          {Prefix: netip.MustParsePrefix("0.0.0.0/0"), First: 6881, Last: 6881},
		"fd00::/8":                {Prefix: netip.MustParsePrefix("fd00::/8"), First: 1024, Last: 65535},
		"[fd00::/8]":              {Prefix: netip.MustParsePrefix("fd00::/8"), First: 1024, Last: 65535},
		"[fd00::/8]:6881-6999":    {Prefix: netip.MustParsePrefix("fd00::/8"), First: 6881, Last: 6999},
		"[::1]:53":                {Prefix: netip.MustParsePrefix("::1/128"), First: 53, Last: 53},
		"::1":                     {Prefix: netip.MustParsePrefix("::1/128"), First: 1024, Last: 65535},
		"[10.0.0.0/8]:7000-7000":  {Prefix: netip.MustParsePrefix("10.0.0.0/8"), First: 7000, Last: 7000},
		"":                        {},
		"10.0.0.0":                {Prefix: netip.MustParsePrefix("10.0.0.0/32"), First: 1024, Last: 65535},
		"10.0.0.0/8:":             {},
		"10.0.0.0/8:0":            {},
		"10.0.0.0/8:65536":        {},
		"10.0.0.0/8:2-1":          {},
		"10.0.0.0/8:1-2-3":        {},
		"10.0.0.0/8:-1":           {},
		"10.0.0.0/8:1-":           {},
		"10.0.0.0/8: 53":          {},
		"10.0.0.0/8:+53":          {},
		"10.0.0.0/33":             {},
		"10.0.0.0/08":             {},
		"10.1.0.0/8":              {},
		"fd00::1/8":               {},
		"fd00::/8:53":             {}, // would be another address
		"[fd00::/8":               {},
		"[fd00::/8]53":            {},
		"[fd00::]/8:53":           {},
		"fe80::1%eth0":            {},
		"fe80::/10%eth0":          {},
		"::ffff:10.0.0.0/104":     {},
		"::ffff:10.0.0.1":         {},
		"localhost":               {},
		"10.0.0.0/8 ":             {},
		"10.0.0.0/255.0.0.0":      {},
		"[[fd00::/8]]:53":         {},
		"999999999999999999999/8": {},
	} {
		got, err := ParseGrant(text)
		if good := want != (dht.Grant{}); good != (err == nil) || good && got != want {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// What a grant is written as is read as the same grant.
func FuzzGrant(f *testing.F) {
	for _, text := range []string{"10.0.0.0/8", "[fd00::/8]:53", "10.0.0.1:1-2", "::1", "[::1]:1-65535"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		g, err := ParseGrant(text)
		if err != nil {
			return
		}
		if again, err := ParseGrant(g.String()); err != nil || again != g || g.First == 0 || g.First > g.Last || g.Prefix != g.Prefix.Masked() {
			t.Errorf("%q is %v; that is %v, %v", text, g, again, err)
		}
	})
}
