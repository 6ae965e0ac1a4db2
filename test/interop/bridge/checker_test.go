package bridge

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

// Ids, a token and a contact as they look in the packets below.
const (
	idA     = "2:id20:aaaaaaaaaaaaaaaaaaaa"
	hashB   = "9:info_hash20:bbbbbbbbbbbbbbbbbbbb"
	targetB = "6:target20:bbbbbbbbbbbbbbbbbbbb"
	contact = "cccccccccccccccccccc\x0a\x4d\x01\x01\x1a\xe1"
	ipThem  = "2:ip6:\x0a\x4d\x1f\x01\x1a\xe1"
)

// packets are read one after another by a checker that has seen a query of each kind, with the
// transaction ids "pi", "fn", "gp" and "sa", two with the id "tw" (ping and get_peers) and one that
// no BEP knows with "vo". Those without a fault are packets as they are; each of the others breaks
// one rule.
var packets = []struct{ packet, fault string }{
	{"d1:ad" + idA + "e1:q4:ping1:t2:xx1:v4:LD001:y1:qe", ""},
	{"d1:ad" + idA + targetB + "e1:q9:find_node2:roi1e1:t2:xx1:y1:qe", ""},
	{"d1:ad" + idA + "12:implied_porti1e" + hashB + "4:porti6881e5:token4:abcde1:q13:announce_peer1:t1:x1:y1:qe", ""},
	{"d" + ipThem + "1:rd" + idA + "e1:t2:pi1:y1:re", ""},
	{"d1:rd" + idA + "5:nodes26:" + contact + "e1:t2:fn1:y1:re", ""},
	{"d1:rd" + idA + "5:nodes0:5:token1:t6:valuesl6:cccc\x1a\xe1ee1:t2:gp1:y1:re", ""},
	{"d1:eli203e5:What?e1:t2:pi1:y1:ee", ""},
	{"d1:rd" + idA + "e1:t2:tw1:y1:re", ""},
	{"d1:rd" + idA + "5:nodes0:5:token1:te1:t2:tw1:y1:re", ""},
	{"d1:rd" + idA + "5:nodes26:" + contact + "e1:t2:vo1:y1:re", ""},

	{"d1:ad" + idA + "e1:q4:ping1:t2:xx1:y1:qe ", "1 bytes behind the end"},
	{"d1:ad" + idA + "e1:t2:xx1:q4:ping1:y1:qe", `key "q" after "t"`},
	{"d1:ad" + idA + "e1:q4:ping1:q4:ping1:t2:xx1:y1:qe", `key "q" after "q"`},
	{"d1:ad" + idA + "e1:q04:ping1:t2:xx1:y1:qe", `"04" is not how 4 is written`},
	{"d1:eli-0e1:xe1:t2:pi1:y1:ee", `"-0" is not how 0 is written`},
	{"d1:ad" + idA + "e1:q4:ping1:t2:xx1:y1:q", "ends too early"},
	{"i1e", "no dictionary"},
	{"d1:t2:xxe", "its y is <nil>"},
	{"d1:ad2:id19:aaaaaaaaaaaaaaaaaaae1:q4:ping1:t2:xx1:y1:qe", `"id": "aaaaaaaaaaaaaaaaaaa" is no string of 20`},
	{"d1:ad" + idA + "e1:q9:find_node1:t2:xx1:y1:qe", `"target" is missing`},
	{"d1:ad" + idA + "e1:q4:pong1:t2:xx1:y1:qe", `no query "pong"`},
	{"d1:ad" + idA + "e1:q4:ping1:t0:1:y1:qe", `"t": "" is no string`},
	{"d1:ad" + idA + "1:xi1ee1:q4:ping1:t2:xx1:y1:qe", `"x" is a key that no BEP knows`},
	{"d1:ad" + idA + hashB + "4:porti0e5:token4:abcde1:q13:announce_peer1:t1:x1:y1:qe", "0 is no number from 1 to 65535"},
	{"d1:rd" + idA + "e1:t2:zz1:y1:re", "nobody has asked"},
	{"d1:rd" + idA + "e1:t2:fn1:y1:re", `"nodes" is missing`},
	{"d1:rd" + idA + "5:nodes0:e1:t2:tw1:y1:re", `"token" is missing`},
	{"d1:rd" + idA + "e1:t2:vo1:y1:re", `"nodes" is missing`},
	{"d1:rd" + idA + "5:nodes25:" + contact[1:] + "e1:t2:fn1:y1:re", "25 bytes, not at most 8 parts of 26"},
	{"d1:rd" + idA + "5:nodes234:" + strings.Repeat(contact, 9) + "e1:t2:fn1:y1:re", "234 bytes"},
	{"d1:rd" + idA + "5:nodes26:" + contact[:24] + "\x00\x00e1:t2:fn1:y1:re", "port 0"},
	{"d1:rd" + idA + "5:nodes0:e1:t2:gp1:y1:re", `"token" is missing`},
	{"d1:rd" + idA + "5:token1:t6:valuesl5:ccccpee1:t2:gp1:y1:re", "no peer"},
	{"d2:ip6:ccccpp1:rd" + idA + "e1:t2:pi1:y1:re", `"ip": `},
	{"d1:rd" + idA + "e2:roi1e1:t2:pi1:y1:re", `"ro" is a key`},
	{"d1:eli999e1:xe1:t2:pi1:y1:ee", "no error 999"},
	{"d1:eli203ee1:t2:pi1:y1:ee", "no pair"},
	{"d1:rd" + idA + "8:intervali0e5:nodes0:3:numi1e7:samples19:aaaaaaaaaaaaaaaaaaae1:t2:sa1:y1:re", "19 bytes"},
	{strings.Repeat("d1:a", 400) + "e", "1601 bytes do not fit"},
}

func TestChecker(t *testing.T) {
	we, them := netip.MustParseAddrPort("10.77.1.1:6881"), netip.MustParseAddrPort("10.77.31.1:6881")
	c := checker{map[question][]string{}}
	for _, q := range [][2]string{{"ping", "pi"}, {"find_node", "fn"}, {"get_peers", "gp"}, {"sample_infohashes", "sa"},
		{"ping", "tw"}, {"get_peers", "tw"}, {"vote", "vo"}} {
		method, id := q[0], q[1]
		c.note(them, we, fmt.Appendf(nil, "d1:q%d:%s1:t2:%s1:y1:qe", len(method), method, id))
	}
	for _, p := range packets {
		err := c.check(we, them, []byte(p.packet))
		switch {
		case p.fault == "" && err != nil:
			t.Errorf("%q: %v", p.packet, err)
		case p.fault != "" && (err == nil || !strings.Contains(err.Error(), p.fault)):
			t.Errorf("%q: %v, not %q", p.packet, err, p.fault)
		}
	}
}
