package test

import (
	"strings"
	"testing"
)

// The rules themselves: what each must refuse, by the words of its complaint,
// and what it must let pass (no words).
func TestRules(t *testing.T) {
	const us = `"` + module + `/`
	for _, c := range []struct{ name, file, text, complaint string }{
		{"down one floor", "dht/table/flat.go", `import ` + us + `dht/krpc"`, ""},
		{"sideways", "dht/table/flat.go", `import ` + us + `dht/lookup"`, "not below it"},
		{"upwards", "dht/krpc/id.go", `import ` + us + `dht"`, "not below it"},
		{"sideways among drivers", "dht/sim/world.go", `import ` + us + `dht/udp"`, "not below it"},
		{"past a floor that is not for it", "dht/udp/loop.go", `import ` + us + `dht/table"`, "not below it"},
		{"engine knows no DHT", "engine/clock.go", `import ` + us + `dht/krpc"`, "not below it"},
		{"nor do its tests", "engine/clock_test.go", `import ` + us + `dht/krpc"`, "not below it"},
		{"console on engine", "engine/console/read.go", `import ` + us + `engine"`, ""},
		{"engine not on console", "engine/engine.go", `import ` + us + `engine/console"`, "not below it"},
		{"scripts are handed in", "engine/loader.go", `import ` + us + `scripts"`, "not below it"},
		{"nobody imports cmd", "luabind/dht.go", `import ` + us + `cmd/lightdht"`, "not below it"},
		{"nor does a test", "dht/node_test.go", `import ` + us + `test/bench"`, "not below it"},
		{"programs not each other", "examples/embed/main.go", `import ` + us + `cmd/lightdht"`, "nobody imports cmd"},
		{"programs import anything", "cmd/lightdht/run.go", `import ` + us + `luabind"`, ""},
		{"test support in a test", "dht/lookup/walk_test.go", `import ` + us + `dht/dhttest"`, ""},
		{"test support in a package", "dht/lookup/walk.go", `import ` + us + `dht/dhttest"`, "not below it"},
		{"test support in a program", "cmd/lightdht/run.go", `import ` + us + `dht/dhttest"`, "outside of a test"},
		{"a test on its side of the house", "dht/client/client_test.go", `import ` + us + `dht/sim"`, ""},
		{"a package nobody planned", "dht/util/util.go", ``, "has no floor"},

		{"netip", "dht/node.go", `import "net/netip"`, ""},
		{"net", "dht/node.go", `import "net"`, `imports "net"`},
		{"net/http", "dht/node.go", `import "net/http"`, `imports "net/http"`},
		{"a renamed os", "dht/table/save.go", `import system "os"`, `imports "os"`},
		{"sync", "dht/store/peers.go", `import "sync"`, `imports "sync"`},
		{"sync/atomic", "dht/store/peers.go", `import "sync/atomic"`, `imports "sync/atomic"`},
		{"context", "dht/search.go", `import "context"`, `imports "context"`},
		{"log/slog", "dht/search.go", `import "log/slog"`, `imports "log/slog"`},
		{"math/rand/v2", "dht/lookup/walk.go", `import "math/rand/v2"`, `imports "math/rand/v2"`},
		{"math/bits", "dht/krpc/id.go", `import "math/bits"`, ""},
		{"a pure package's test", "dht/krpc/id_test.go", `import ("os"; "sync"; "math/rand")`, ""},
		{"a driver", "dht/udp/loop.go", `import ("net"; "sync"); func f() { go f() }`, ""},
		{"durations", "dht/upkeep.go", `import "time"; const every time.Duration = 5*time.Minute`, ""},
		{"the clock", "dht/upkeep.go", `import "time"; var now = time.Now()`, "time.Now"},
		{"a renamed clock", "dht/upkeep.go", `import clock "time"; var now = clock.Now()`, "time.Now"},
		{"all of time", "dht/upkeep.go", `import . "time"; var now = Now()`, "all names of time"},
		{"points in time", "dht/upkeep.go", `import "time"; type t struct { at time.Time }`, "time.Time"},
		{"go", "dht/node.go", `func f() { go f() }`, "a go statement"},
		{"channel", "dht/node.go", `type t struct { c chan int }`, "a channel"},
		{"channel of one direction", "dht/node.go", `func f(c <-chan int) {}`, "a channel"},
		{"send", "dht/node.go", `func f() { c <- 1 }`, "a send"},
		{"receive", "dht/node.go", `func f() { <-c }`, "a receive"},
		{"select", "dht/node.go", `func f() { select {} }`, "a select"},

		{"Lua in the engine", "engine/task.go", `import "github.com/yuin/gopher-lua"`, ""},
		{"Lua in bindings", "luabind/dht.go", `import lua "github.com/yuin/gopher-lua"`, ""},
		{"Lua in a program", "cmd/lightdht/run.go", `import lua "github.com/yuin/gopher-lua"`, "only engine, engine/lua51, engine/compile, engine/pattern, engine/stdlib, engine/console, luabind, luabind/declare, luabind/network, luabind/plain, test/bench, test/language may"},
		{"Lua's parts", "scripts/embed.go", `import "github.com/yuin/gopher-lua/parse"`, "only engine"},
		{"flags", "cmd/lightdht/run.go", `import "github.com/spf13/pflag"`, ""},
		{"flags elsewhere", "engine/engine.go", `import "github.com/spf13/pflag"`, "only cmd may"},
		{"bencode", "dht/krpc/value.go", `import "github.com/zeebo/bencode"`, ""},
		{"bencode elsewhere", "luabind/bencode.go", `import "github.com/zeebo/bencode"`, "only dht/krpc"},
		{"os in main", "cmd/lightdht/main.go", `import "os"`, ""},
		{"os beside main", "cmd/lightdht/run.go", `import "os"`, "outside of main.go"},
		{"os/signal beside main", "cmd/lightdht/run.go", `import "os/signal"`, "outside of main.go"},
		{"os in a command's test", "cmd/lightdht/run_test.go", `import "os"`, ""},

		{"600 lines", "dht/node.go", strings.Repeat("\n", maxLines-1), ""},
		{"601 lines", "dht/node.go", strings.Repeat("\n", maxLines), "601 lines"},
		{"a test that sleeps", "dht/udp/loop_test.go", `import "time"; func f() { time.Sleep(1) }`, "a test that sleeps"},
		{"a test that sleeps in a bubble", "dht/udp/loop_test.go", `import ("testing/synctest"; "time"); func f() { time.Sleep(1) }`, ""},
		{"a program that sleeps", "dht/udp/loop.go", `import "time"; func f() { time.Sleep(1) }`, ""},

		{"a bare function", "dht/node.go", `func Receive() {}`, "Receive has no comment"},
		{"a bare type", "dht/node.go", `type Node struct{}`, "Node has no comment"},
		{"a bare type in a group", "dht/node.go", "// Some.\ntype (\n\tNode struct{}\n)", "Node has no comment"},
		{"a bare variable", "dht/node.go", `var Err = 1`, "Err has no comment"},
		{"a bare method", "dht/node.go", `func (n *Node) Receive() {}`, "Receive has no comment"},
		{"a bare method of a generic type", "dht/node.go", `func (n *Node[K]) Receive() {}`, "Receive has no comment"},
		{"a method nobody sees", "dht/node.go", `func (n *node) Receive() {}`, ""},
		{"a method of an error", "dht/node.go", `func (n *Node) Error() {}`, ""},
		{"a constant in a group", "dht/node.go", "// Codes.\nconst (\n\tA = 1\n\tB = 2\n)", ""},
		{"a constant with a comment behind", "dht/node.go", "const (\n\tA = 1 // a\n)", ""},
		{"documented", "dht/node.go", "// Receive takes one.\nfunc Receive() {}", ""},
		{"a program's names", "cmd/lightdht/main.go", `func Run() {}`, ""},
	} {
		pkg := "x"
		if strings.HasPrefix(c.file, "cmd/") {
			pkg = "main"
		}
		s, err := parse(c.file, "package "+pkg+"\n"+c.text)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		got := check([]*source{s}, importsBelow, purity, reservations, onlyMainTouchesOS, length, noSleep, namesAreDocumented)
		switch {
		case c.complaint == "" && len(got) > 0:
			t.Errorf("%s: %v", c.name, got)
		case c.complaint != "" && len(got) != 1:
			t.Errorf("%s: %d complaints, want one: %v", c.name, len(got), got)
		case c.complaint != "" && (!strings.Contains(got[0].String(), c.complaint) || !strings.HasPrefix(got[0].where, c.file+":") || got[0].instead == ""):
			t.Errorf("%s: %v; want %q", c.name, got[0], c.complaint)
		}
	}
}

func TestPackageComments(t *testing.T) {
	file := func(name, text string) *source {
		s, err := parse(name, text)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	bare, doc := file("dht/a.go", "package dht"), file("dht/doc.go", "// Package dht is.\npackage dht")
	if got := packagesAreDocumented([]*source{bare, doc}); len(got) != 0 {
		t.Errorf("one comment is enough: %v", got)
	}
	tests := file("dht/a_test.go", "// Package dht is tested.\npackage dht")
	if got := packagesAreDocumented([]*source{bare, tests}); len(got) != 1 || !strings.HasPrefix(got[0].where, "dht/a.go:") {
		t.Errorf("a test's comment is none: %v", got)
	}
}

// The checks above look at files; this one that they find any.
func TestHouseIsFound(t *testing.T) {
	found := map[string]bool{}
	for _, s := range house(t) {
		found[s.name] = true
		if strings.Contains(s.name, "testdata") || strings.HasPrefix(s.name, "test/interop/") {
			t.Errorf("%s is not part of this module", s.name)
		}
	}
	for _, name := range []string{"dht/krpc/id.go", "dht/krpc/id_test.go", "test/checker_test.go"} {
		if !found[name] {
			t.Errorf("%s was not read", name)
		}
	}
}
