// Package test holds what checks the project as a whole: this one, that each
// package leans only on what is below it; beside it the benchmarks, the whole
// program, and the tests among other implementations.
package test

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// mayImport is the plan of the house: what each package may import of this
// module, not counting itself. A package that is missing here has no floor.
var mayImport = map[string][]string{
	"engine/visible": {},
	"engine/files":   {"engine/visible"},
	"engine/stdio":   {"engine/visible"},
	"engine/record":  {"engine/files"},
	"dht/krpc":       {},
	"dht/prefetch":   {},
	"dht/table":      {"dht/krpc", "dht/prefetch"},
	"dht/lookup":     {"dht/krpc", "dht/prefetch"},
	"dht/store":      {"dht/krpc"},
	"dht":            {"dht/krpc", "dht/prefetch", "dht/table", "dht/lookup", "dht/store"},
	"engine/syntax":  {},
	"engine/exact":   {},
	"engine/pattern": {},
	"engine/spell":   {},
	"engine/lua51":   {"engine/visible", "engine/syntax", "engine/exact", "engine/spell"},
	"engine/compile": {"engine/syntax", "engine/lua51"},
	"engine/stdlib":  {"engine/files", "engine/exact", "engine/pattern", "engine/lua51"},
	"engine":         {"engine/files", "engine/visible", "engine/syntax", "engine/spell", "engine/lua51", "engine/compile", "engine/stdlib"},
	"engine/console": {"engine/files", "engine/visible", "engine", "engine/record", "engine/syntax"},
	"engine/bundle":  {"engine/files", "engine/record"},
	"dht/client":     {"dht", "dht/krpc"},
	"dht/udp":        {"dht", "dht/krpc"},
	"dht/sim":        {"dht", "dht/krpc", "dht/prefetch"},
	"dht/share":      {"dht/krpc"},
	"dht/metrics":    {"dht", "dht/udp"},
	"dht/dhttest":    {"dht", "dht/krpc", "dht/table", "dht/lookup", "dht/store"},

	"luabind/declare": {"engine", "engine/syntax"},
	"luabind/plain":   {"luabind/declare", "engine", "dht/krpc"},
	"luabind/network": {"luabind/declare", "engine/record", "dht/sim"},
	"luabind": {"luabind/declare", "luabind/network", "luabind/plain", "scripts", "engine", "engine/console", "engine/syntax", "engine/record", "dht", "dht/krpc", "dht/table", "dht/lookup", "dht/store",
		"dht/client", "dht/udp", "dht/sim"},
	"luabind/experiment": {"luabind", "luabind/network", "scripts", "engine", "engine/bundle", "engine/files", "engine/record", "engine/visible", "dht", "dht/client", "dht/entry", "dht/member", "dht/sim"},
	"luabind/editor":     {"luabind", "scripts"},
	"luabind/probe":      {"dht", "dht/entry", "dht/member", "dht/krpc", "luabind", "luabind/experiment", "luabind/network"},
	"scripts":            {},

	// engine/files and engine/visible know nothing of Lua: how a program opens, locks and
	// replaces files, and how it shows the text of strangers.
	"dht/entry":          {"dht", "dht/krpc", "dht/udp"},
	"dht/checkup":        {"dht", "dht/krpc", "dht/client", "dht/udp", "dht/entry"},
	"dht/state":          {"dht", "dht/krpc", "dht/table", "dht/udp", "engine/files"},
	"dht/member":         {"dht", "dht/krpc", "dht/table", "dht/client", "dht/udp", "dht/entry", "dht/state", "engine/visible"},
	"dht/share/transfer": {"dht", "dht/krpc", "dht/store", "dht/client", "dht/share"},
}

// Above the floors: they may import anything, and nobody imports them.
var topFloor = []string{"cmd", "examples", "test"}

// testSupport may be imported by tests only.
const testSupport = "dht/dhttest"

// pure packages own no socket, clock, goroutine or random source.
var pure = []string{"dht/krpc", "dht/prefetch", "dht/table", "dht/lookup", "dht/store", "dht"}

// impure is what they therefore do not import, with everything below it.
var impure = []string{"net", "os", "sync", "context", "log", "math/rand", "crypto/rand", "syscall", "golang.org/x"}

// durations is what pure packages take from package time.
var durations = []string{"Duration", "Nanosecond", "Microsecond", "Millisecond", "Second", "Minute", "Hour"}

// reserved modules have few doors.
var reserved = []struct {
	module  string
	allowed []string
}{
	{"github.com/yuin/gopher-lua", []string{"engine", "engine/lua51", "engine/compile", "engine/pattern", "engine/stdlib", "engine/console", "luabind", "luabind/declare", "luabind/network", "luabind/plain", "test/bench", "test/language"}},
	{"layeh.com/gopher-luar", []string{"engine", "engine/console", "luabind"}},
	{"github.com/spf13/pflag", []string{"cmd"}},
	{"github.com/zeebo/bencode", []string{"dht/krpc", "test/bench"}}, // the benchmark compares the two
}

func TestFloors(t *testing.T) {
	report(t, check(house(t), importsBelow, purity, reservations, onlyMainTouchesOS))
}

// isUnder reports whether a folder or import path is another or lies within it.
func isUnder(name, folder string) bool {
	return name == folder || strings.HasPrefix(name, folder+"/")
}

func underAny(name string, folders []string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return isUnder(name, f) })
}

// importsBelow: a package imports only from lower floors, never sideways,
// except where the table says so. Tests may use what is on their side of the
// house: the DHT's, or the engine's.
func importsBelow(s *source) (found []complaint) {
	if underAny(s.dir, topFloor) {
		return importsNobodyAbove(s)
	}
	allowed, known := mayImport[s.dir]
	if !known {
		return []complaint{s.at(s.file.Package, "put its code where it belongs, or give it a line in the table of floors in test/floors_test.go",
			"package %s has no floor", s.dir)}
	}
	s.eachImport(func(imported string, pos token.Pos) {
		target, ours := strings.CutPrefix(imported, module+"/")
		if !ours || target == s.dir && s.external() || slices.Contains(allowed, target) || s.test && testMayImport(s, target) {
			return
		}
		found = append(found, s.at(pos, "it may import, of this module: "+listed(allowed)+"; move the code up, or declare an interface here",
			"%s imports %s, which is not below it", s.dir, target))
	})
	return found
}

func testMayImport(s *source, target string) bool {
	switch {
	case underAny(target, topFloor):
		return false
	case s.dir == "luabind":
		return true
	}
	return isUnder(s.dir, "engine") && isUnder(target, "engine") || isUnder(s.dir, "dht") && isUnder(target, "dht")
}

// importsNobodyAbove holds for the top floor: not each other, nor themselves
// across programs.
func importsNobodyAbove(s *source) (found []complaint) {
	s.eachImport(func(imported string, pos token.Pos) {
		target, ours := strings.CutPrefix(imported, module+"/")
		switch {
		case !ours || target == s.dir && s.external():
		case underAny(target, topFloor):
			found = append(found, s.at(pos, "move what both need to a package below",
				"imports %s, and nobody imports cmd, examples or test", target))
		case target == testSupport && !s.test:
			found = append(found, s.at(pos, "use it from a _test.go file", "imports test support outside of a test"))
		}
	})
	return found
}

func listed(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names, ", ")
}

// purity: no socket, clock, goroutine, lock or random source in pure packages.
// Their tests may have all of them.
func purity(s *source) (found []complaint) {
	if s.test || !slices.Contains(pure, s.dir) {
		return nil
	}
	const instead = "pure packages are handed time, randomness and datagrams as arguments; what needs this belongs on a floor above"
	s.eachImport(func(imported string, pos token.Pos) {
		if imported != "net/netip" && underAny(imported, impure) {
			found = append(found, s.at(pos, instead, "pure package %s imports %q", s.dir, imported))
		}
		if imported == "time" && s.nameOf("time") == "." {
			found = append(found, s.at(pos, instead, "pure package %s imports all names of time", s.dir))
		}
	})
	s.uses("time", func(name string, pos token.Pos) {
		if !slices.Contains(durations, name) {
			found = append(found, s.at(pos, instead, "pure package %s uses time.%s; it may use time.Duration and its units", s.dir, name))
		}
	})
	ast.Inspect(s.file, func(n ast.Node) bool {
		if what := concurrency(n); what != "" {
			found = append(found, s.at(n.Pos(), instead, "pure package %s contains %s", s.dir, what))
		}
		return true
	})
	return found
}

// concurrency names a piece of syntax that needs a second goroutine.
func concurrency(n ast.Node) string {
	switch n := n.(type) {
	case *ast.GoStmt:
		return "a go statement"
	case *ast.ChanType:
		return "a channel"
	case *ast.SendStmt:
		return "a send on a channel"
	case *ast.SelectStmt:
		return "a select statement"
	case *ast.UnaryExpr:
		if n.Op == token.ARROW {
			return "a receive from a channel"
		}
	}
	return ""
}

// reservations: the Lua machine, the flags and the second bencode stay behind
// the packages made for them.
func reservations(s *source) (found []complaint) {
	s.eachImport(func(imported string, pos token.Pos) {
		for _, r := range reserved {
			if isUnder(imported, r.module) && !slices.ContainsFunc(r.allowed, func(dir string) bool { return admits(dir, s.dir) }) {
				found = append(found, s.at(pos, "only "+listed(r.allowed)+" may; use what they offer", "imports %s", imported))
			}
		}
	})
	return found
}

// admits reports whether a door is open to the package: "cmd" means all of it,
// any other only itself.
func admits(door, dir string) bool {
	if door == "cmd" {
		return isUnder(dir, door)
	}
	return dir == door
}

// onlyMainTouchesOS: the rest of cmd gets arguments, streams and environment
// from main, so that tests can run whole commands.
func onlyMainTouchesOS(s *source) (found []complaint) {
	if !isUnder(s.dir, "cmd") || s.test || strings.HasSuffix(s.name, "/main.go") {
		return nil
	}
	s.eachImport(func(imported string, pos token.Pos) {
		if isUnder(imported, "os") {
			found = append(found, s.at(pos, "take it from the host that main.go builds", "imports %q outside of main.go", imported))
		}
	})
	return found
}
