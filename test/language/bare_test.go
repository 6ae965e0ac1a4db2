package language

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// bare is gopher-lua as it comes. It is what shows that the gate can fail.
type bare struct{}

// bareTime is how long a program may take there.
const bareTime = 2 * time.Second

func (bare) run(program string) (o outcome) {
	var out strings.Builder
	defer func() {
		if r := recover(); r != nil {
			o = outcome{output: out.String(), ending: "lost"}
		}
	}()
	L := lua.NewState()
	defer L.Close()
	ctx, cancel := context.WithTimeout(context.Background(), bareTime)
	defer cancel()
	L.SetContext(ctx)
	writeTo(L, &out)
	if err := L.DoString(prelude); err != nil {
		return outcome{ending: "lost", text: err.Error()}
	}
	f, err := L.Load(strings.NewReader(program), "p")
	if err != nil {
		return outcome{ending: "syntax"}
	}
	L.Push(f)
	o = outcome{ending: "done"}
	if err := L.PCall(0, 0, nil); err != nil {
		o = outcome{ending: "error", text: err.(*lua.ApiError).Object.String()}
	}
	o.output = out.String()
	return o
}

// writeTo makes print and io.write write there, as they would to standard output.
func writeTo(L *lua.LState, out io.Writer) {
	write := func(separator, end string) *lua.LFunction {
		return L.NewFunction(func(L *lua.LState) int {
			var list []string
			for i := range L.GetTop() {
				list = append(list, L.ToStringMeta(L.Get(i+1)).String())
			}
			io.WriteString(out, strings.Join(list, separator)+end)
			return 0
		})
	}
	L.SetGlobal("print", write("\t", "\n"))
	L.SetField(L.GetGlobal("io"), "write", write("", ""))
}

// TestBare: the gate fails for gopher-lua as it comes, in more than a third of all programs.
func TestBare(t *testing.T) {
	_, want, err := newGate(t).make()
	if err != nil {
		t.Fatal(err)
	}
	sorts := map[string]int{}
	const count = 300
	for seed := range uint64(count) {
		f, _ := compare(seed, program(seed), bare{}, want)
		sorts[f.sort]++
	}
	t.Logf("of %d programs, by how bare gopher-lua differs: %v", count, sorts)
	if sorts[""] > count*2/3 {
		t.Errorf("bare gopher-lua passes: %v", sorts)
	}
}
