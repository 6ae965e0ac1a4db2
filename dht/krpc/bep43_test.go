package krpc

import "testing"

func TestBEP43Forms(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"1", "d1:q1:x2:roi1e1:t2:aa1:y1:qe", "q q=x ro=true"},
		{"any number but 0", "d1:q1:x2:roi-7e1:t2:aa1:y1:qe", "q q=x ro=true"},
		{"0, as mainline in server mode", "d1:q1:x2:roi0e1:t2:aa1:y1:qe", "q q=x"},
		{"beyond int64", "d1:q1:x2:roi9223372036854775808e1:t2:aa1:y1:qe", "q q=x"},
		{"as a string", "d1:q1:x2:ro1:11:t2:aa1:y1:qe", "q q=x"},
		{"as a list", "d1:q1:x2:roli1ee1:t2:aa1:y1:qe", "q q=x"},
		{"among the arguments", query("2:roi1e"), "q q=x body id=abc"},
		{"twice", "d1:q1:x2:roi1e2:roi1e1:t2:aa1:y1:qe", "!"},
		{"in a response", "d1:rd2:id20:" + mno + "e2:roi1e1:t2:aa1:y1:re", "r body id=mno"},
		{"in an error", "d1:eli201ee2:roi1e1:t2:aa1:y1:ee", "e code=201"},
	} {
		if got := read(c.in); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestBEP43Written(t *testing.T) {
	const head, tail = "d1:ad2:id20:" + abc + "e1:q4:ping", "1:t2:aa1:y1:qe"
	me, _ := IDFrom(abc)
	for readOnly, want := range map[bool]string{false: head + tail, true: head + "2:roi1e" + tail} {
		q := Query{Method: "ping", Tx: []byte("aa"), ID: me, ReadOnly: readOnly}
		if got := string(q.Append(nil)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
