package krpc

import (
	"testing"
)

func TestBEP51Forms(t *testing.T) {
	const rest = "7:samples40:" + abc + mno
	for _, c := range []struct{ name, in, want string }{
		{"all of it", response("8:intervali300e5:nodes26:" + mno + peer4 + "3:numi2e" + rest),
			"r body id=mno nodes=[1.2.3.4:80] samples=[abc mno] num=2 interval=300"},
		{"no samples", response("8:intervali0e3:numi0e7:samples0:"), "r body id=mno samples=[] num=0 interval=0"},
		{"an unknown method's answer", response("5:nodes26:" + mno + peer4), "r body id=mno nodes=[1.2.3.4:80]"},
		{"an odd length", response("7:samples41:" + abc + mno + "x"), "r body id=mno samples=[] ragged=true bad=samples"},
		{"less than one", response("7:samples19:" + abc[1:]), "r body id=mno samples=[] ragged=true bad=samples"},
		{"samples as a list", response("7:samplesl20:" + abc + "e"), "r body id=mno bad=samples"},
		{"samples as an integer", response("7:samplesi1e"), "r body id=mno bad=samples"},
		{"num negative", response("3:numi-1e" + rest), "r body id=mno samples=[abc mno] bad=num"},
		{"num as a string", response("3:num1:2" + rest), "r body id=mno samples=[abc mno] bad=num"},
		{"num largest", response("3:numi9223372036854775807e"), "r body id=mno num=9223372036854775807"},
		{"num beyond int64", response("3:numi9223372036854775808e"), "r body id=mno bad=num"},
		{"interval negative", response("8:intervali-1e" + rest), "r body id=mno samples=[abc mno] bad=interval"},
		{"interval beyond the BEP's", response("8:intervali21601e"), "r body id=mno interval=21601"},
		{"interval of another type", response("8:intervalle"), "r body id=mno bad=interval"},
		{"samples twice", response(rest + rest), "!"},
		{"num twice", response("3:numi1e3:numi1e"), "!"},
		{"interval twice", response("8:intervali1e8:intervali1e"), "!"},
	} {
		if got := read(c.in); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestBEP51Written(t *testing.T) {
	me, _ := IDFrom(abc)
	you, _ := IDFrom(mno)
	tx := []byte("aa")
	q := Query{Method: "sample_infohashes", Tx: tx, ID: me, Target: you, Want: Want4}
	if got, want := string(q.Append(nil)), "d1:ad2:id20:"+abc+"6:target20:"+mno+"4:wantl2:n4ee1:q17:sample_infohashes1:t2:aa1:y1:qe"; got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	for n, want := range []string{
		"8:intervali5e3:numi9e7:samples0:",
		"8:intervali5e3:numi9e7:samples20:" + abc,
		"8:intervali5e3:numi9e7:samples40:" + abc + mno,
	} {
		r := Response{Tx: tx, ID: you, Sampled: true, Samples: []ID{me, you}[:n], Num: 9, Interval: 5}
		if got := string(r.Append(nil)); got != response(want) {
			t.Errorf("%d samples: got %q\nwant %q", n, got, response(want))
		}
	}
}
