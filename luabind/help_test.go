package luabind

import (
	"strings"
	"testing"
)

func TestHelp(t *testing.T) {
	tests := []struct {
		name string
		want []string // in this order
	}{
		{"dht.get_peers", []string{"dht.get_peers(infohash [, opts])", "takes    infohash: id", "returns  peers: address[]", "fails    nil, err: timeout", "Looks for the peers", "alpha: integer (1 to 100, default 3)", "example", "dht.get_peers(hash)"}},
		{"bootstrap", []string{"dht.bootstrap([addrs])"}},
		{"get_peers", []string{"is one of these", "dht.get_peers(", "dht.rpc.get_peers("}},
		{"DHT.Get_Peers(hash)", []string{"dht.get_peers("}},
		{"dht.table:closest", []string{"dht.table:closest(target [, n])"}},
		{"dht.table.closest", []string{"dht.table:closest(target [, n])"}},
		{"dht.Table", []string{"dht.Table\n", "dht.table:each([opts])"}},
		{"dht.table", []string{"dht.table: dht.Table", "dht.table:each([opts])"}},
		{"node:get_peers", []string{"dht.get_peers(", "node:get_peers(...)"}},
		{"n:get_peers", []string{"dht.get_peers(infohash"}},
		{"n:close", []string{"node:close()", "file:close()"}},
		{"dht.Node", []string{"all that dht has", "node:close()"}},
		{"dht.WalkOptions", []string{"a table of options", "max_queries"}},
		{"dht.id", []string{"dht.id: id"}},
		{"sim", []string{"sim.size()", "How many members are online."}},
		{"task.map", []string{"fn: fun(item: T, index: integer): R", "parallel: integer"}},
		{"experiment", []string{"experiment(header)", "network: ExperimentNetwork"}},
		{"arg", []string{"arg: table<integer, string>"}},
		{"io", []string{"io.open(path [, mode])"}},
	}
	for _, tt := range tests {
		text, ok := Help(tt.name)
		rest := text
		for _, want := range tt.want {
			_, after, found := strings.Cut(rest, want)
			if !ok || !found {
				t.Errorf("%s: no %q in its place in\n%s", tt.name, want, text)
				break
			}
			rest = after
		}
	}
}

// Whatever has a name has help that fits on a terminal.
func TestHelpOfEverything(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range Names() {
		if seen[name] {
			t.Errorf("%s is the name of two things", name)
		}
		seen[name] = true
		text, ok := Help(name)
		if !ok || !strings.HasPrefix(text, name) || !strings.HasSuffix(text, "\n") {
			t.Errorf("%s: %v\n%s", name, ok, text)
		}
		if strings.Count(text, "\n") < 2 {
			t.Errorf("%s: hardly a word: %q", name, text)
		}
	}
}

func TestNearest(t *testing.T) {
	for name, want := range map[string]string{
		"dht.get_pers":       "dht.get_peers",
		"dht.tabel":          "dht.table",
		"clossest":           "dht.table:closest",
		"dht.table:clossest": "dht.table:closest",
		"fnord":              "",
		"":                   "",
		"dht.tabel:remove":   "dht.table:remove",
		"dht.closest":        "dht.table:closest",
		".":                  "",
		"bootstrp":           "dht.bootstrap",
		"dht.walkoption":     "dht.WalkOptions",
	} {
		if _, ok := Help(name); ok {
			t.Errorf("there is help on %q", name)
		}
		if got := Nearest(name); got != want {
			t.Errorf("nearest to %q: %q, want %q", name, got, want)
		}
	}
}
