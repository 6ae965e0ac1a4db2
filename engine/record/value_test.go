package record

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
)

// TestNumbers: RFC 8785, appendix B, where it has something to say.
func TestNumbers(t *testing.T) {
	tests := []struct {
		value any
		want  string
	}{
		{math.Float64frombits(0x0000000000000000), "0"},
		{math.Float64frombits(0x8000000000000000), "0"},
		{math.Float64frombits(0x0000000000000001), "5e-324"},
		{math.Float64frombits(0x8000000000000001), "-5e-324"},
		{math.Float64frombits(0x7fefffffffffffff), "1.7976931348623157e+308"},
		{math.Float64frombits(0x4340000000000000), "9007199254740992"},
		{math.Float64frombits(0x4430000000000000), "295147905179352830000"},
		{math.Float64frombits(0x44b52d02c7e14af5), "9.999999999999997e+22"},
		{math.Float64frombits(0x44b52d02c7e14af6), "1e+23"},
		{math.Float64frombits(0x444b1ae4d6e2ef4e), "999999999999999700000"},
		{math.Float64frombits(0x444b1ae4d6e2ef50), "1e+21"},
		{math.Float64frombits(0x3eb0c6f7a0b5ed8c), "9.999999999999997e-7"},
		{math.Float64frombits(0x3eb0c6f7a0b5ed8d), "0.000001"},
		{math.Float64frombits(0x41b3de4355555553), "333333333.3333332"},
		{math.Float64frombits(0xbecbf647612f3696), "-0.0000033333333333333333"},
		{1e-10, "1e-10"},
		{1e-100, "1e-100"},
		{math.NaN(), "null"},
		{math.Inf(1), "null"},
		{math.Inf(-1), "null"},
		{-7, "-7"},
		{int64(math.MinInt64), "-9223372036854775808"},
		{uint64(math.MaxUint64), "18446744073709551615"},
		{nil, "null"},
		{false, "false"},
	}
	for _, tt := range tests {
		if got := string(appendValue(nil, tt.value)); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.value, got, tt.want)
		}
	}
}

func TestRefusedValues(t *testing.T) {
	tests := []struct {
		row  Row
		want string
	}{
		{Row{{"x", []int{1}}}, `record: column "x": a []int is no value of a row`},
		{Row{{"x", float32(1)}}, `record: column "x": a float32 is no value of a row`},
		{Row{{"x", "\xff"}}, `record: column "x": a string of bytes that are not UTF-8: write them in hex`},
		{Row{{"\xff", 1}}, `record: the column name "\xff" is not UTF-8`},
		{Row{{strings.Repeat("é", 200), 1}}, `record: the column name "éééééééééééééééé"... has 400 bytes, at most 256`},
	}
	for _, tt := range tests {
		r := New(Limits{})
		if err := r.Add("", tt.row); err == nil || err.Error() != tt.want {
			t.Errorf("%v: %v, want %s", tt.row, err, tt.want)
		}
		if r.Rows() != 0 || len(r.tables) != 0 {
			t.Errorf("%v left something behind", tt.row)
		}
	}
}

func TestShortFloats(t *testing.T) {
	for f, want := range map[float64]string{
		0: "0", math.Copysign(0, -1): "0", 1.0 / 3: "0.333333", 2e14: "200000000000000", 99999.96: "100000", 1234567.5: "1234568",
		1e-7: "1e-07", -2.5: "-2.5", math.Inf(1): "inf", math.Inf(-1): "-inf",
	} {
		if got := shortFloat(f); got != want {
			t.Errorf("%v: %s, want %s", f, got, want)
		}
	}
	if got := shortFloat(math.NaN()); got != "nan" {
		t.Errorf("NaN: %s", got)
	}
}

func TestRowJSON(t *testing.T) {
	tests := []struct{ in, out, err string }{
		{`{"b":1,"a":[]}`, "", `record: column "a": a list or an object is no value of a row`},
		{`{"b":1,"b":2}`, "", `record: the key "b" is there twice`},
		{`[1]`, "", "record: a row must be a JSON object"},
		{`null`, "", "record: a row must be a JSON object"},
		{`{"n":1e999}`, "", "record: the number 1e999... is too large"},
		{`{"":1}`, "", "record: a column without a name"},
		{manyFields(MaxColumns + 1), "", "record: an object of more than 1000 values"},
		{manyFields(MaxColumns), manyFields(MaxColumns), ""},
		{`{"b": 1, "a": 1e2, "big": 18446744073709551615, "bigger": 36893488147419103232, "s": "\u003c"}`,
			`{"b":1,"a":100,"big":18446744073709551615,"bigger":36893488147419103000,"s":"<"}`, ""},
	}
	for _, tt := range tests {
		var r Row
		err := r.UnmarshalJSON([]byte(tt.in))
		if text := errorText(err); text != tt.err {
			t.Errorf("%s: %q, want %q", tt.in, text, tt.err)
			continue
		}
		if err != nil {
			continue
		}
		if out, err := r.MarshalJSON(); err != nil || string(out) != tt.out {
			t.Errorf("%s: %s, %v; want %s", tt.in, out, err, tt.out)
		}
	}
}

func manyFields(n int) string {
	var r Row
	for i := range n {
		r = append(r, Field{fmt.Sprint("c", i), i})
	}
	return string(appendRow(nil, "", r))
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// FuzzLine: what encoding/json reads is what was recorded.
func FuzzLine(f *testing.F) {
	f.Add("name", "value", 0.1)
	f.Add("\x00\u2028<", "\"\\\x7f\r\n\t", -1e-7)
	f.Fuzz(func(t *testing.T, name, text string, x float64) {
		var got []byte
		r := New(Limits{}, sinkFunc(func(e Entry) error { got = append(got, e.Line...); return nil }))
		if err := r.Add("", Row{{name, text}, {"the number", x}}); err != nil {
			t.Skip(err)
		}
		var back map[string]any
		if err := json.Unmarshal(got, &back); err != nil {
			t.Fatalf("%s: %v", got, err)
		}
		if back[name] != text {
			t.Errorf("%q became %q", text, back[name])
		}
		if y := back["the number"]; finite(x) && y != x || !finite(x) && y != nil {
			t.Errorf("%v became %v", x, y)
		}
		if strings.Count(string(got), "\n") != 1 {
			t.Errorf("%q is not one line", got)
		}
	})
}

// sinkFunc is a Sink that is one function.
type sinkFunc func(Entry) error

func (f sinkFunc) Put(e Entry) error { return f(e) }

func (f sinkFunc) Close() error { return nil }
