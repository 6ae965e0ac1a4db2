package krpc

import (
	"strings"
	"testing"
)

const (
	mapped6 = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x01\x02\x03\x04\x00\x50"
	dead6   = "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00"
)

func TestBEP32Forms(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"want both", query("4:wantl2:n42:n6e"), "q q=x body id=abc want=3"},
		{"want n6", query("4:wantl2:n6e"), "q q=x body id=abc want=2"},
		{"want the same twice", query("4:wantl2:n42:n4e"), "q q=x body id=abc want=1"},
		{"want nothing", query("4:wantle"), "q q=x body id=abc"},
		{"want what we do not know", query("4:wantl2:n52:N43:n466:n4n6n4e"), "q q=x body id=abc"},
		{"nodes6", response("6:nodes638:" + mno + peer6), "r body id=mno nodes=[[2001:db8::1]:80]"},
		{"nodes and nodes6", response("5:nodes26:" + mno + peer4 + "6:nodes638:" + mno + peer6), "r body id=mno nodes=[1.2.3.4:80 [2001:db8::1]:80]"},
		{"nodes6 that are empty", response("6:nodes60:"), "r body id=mno nodes=[]"},
		{"nodes6 of IPv4 wrapped in IPv6", response("6:nodes676:" + mno + mapped6 + mno + peer6), "r body id=mno nodes=[[2001:db8::1]:80]"},
		{"nodes6 with port 0", response("6:nodes676:" + mno + dead6 + mno + peer6), "r body id=mno nodes=[[2001:db8::1]:80]"},
		{"nodes6 of a length for nodes", response("6:nodes626:" + mno + peer4), "r body id=mno nodes=[] ragged=true bad=nodes6"},
		{"nodes2, obsolete", response("6:nodes2l38:" + mno + peer6 + "e"), "r body id=mno"},
		{"values of 18 bytes", response("6:valuesl18:" + peer6 + "18:" + peer6 + "e"), "r body id=mno values=[[2001:db8::1]:80 [2001:db8::1]:80]"},
		{"values of both families", response("6:valuesl18:" + peer6 + "6:" + peer4 + "e"), "r body id=mno values=[[2001:db8::1]:80 1.2.3.4:80]"},
		{"values of IPv4 wrapped in IPv6", response("6:valuesl18:" + mapped6 + "18:" + dead6 + "18:" + peer6 + "e"), "r body id=mno values=[[2001:db8::1]:80]"},
	} {
		if got := read(c.in); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestBEP32Written(t *testing.T) {
	for want, text := range map[Want]string{0: "", Want4: "4:wantl2:n4e", Want6: "4:wantl2:n6e", Want4 | Want6: "4:wantl2:n42:n6e"} {
		for _, method := range []string{"find_node", "get_peers", "get", "sample_infohashes"} {
			packet := string((&Query{Method: method, Tx: []byte("aa"), Want: want}).Append(nil))
			if !strings.Contains(packet, text+"e1:q") || want == 0 && strings.Contains(packet, "4:want") {
				t.Errorf("%s that wants %d: %q", method, want, packet)
			}
		}
	}
}
