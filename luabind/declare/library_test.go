package declare

import (
	"strings"
	"testing"
)

const library = `--- Counts sheep. One after the other.
---
---   local sheep = require "farm.sheep"
---   print(sheep.count(3))
---
--- It takes a while,
--- as you would think.
local sheep = {}

---@class sheep.Flock
---@field size? integer  how many there are
---@field names table<string, integer>

--- Not for others.
local function hidden() end

--- Counts them.
---@param most? integer  where to end; default 100
---@param tell? fun(n: integer, name: string): boolean  called with each
---@return sheep.Flock? flock  nil if there are none
---@return string
function sheep.count(most, tell)
  --- not a comment of a function
  return nil
end

return sheep
`

// read reads the library of these tests.
func read(t *testing.T) *Module[int] {
	t.Helper()
	m, err := Library[int]("farm.sheep", library)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestLibraryThatIsNotLua(t *testing.T) {
	if _, err := Library[int]("farm.goat", "local = 1"); err == nil || !strings.Contains(err.Error(), "farm.goat") {
		t.Errorf("a text that is not Lua: %v", err)
	}
}

func TestLibrary(t *testing.T) {
	m := read(t)
	if m.Text != "Counts sheep. One after the other.\n\n  local sheep = require \"farm.sheep\"\n  print(sheep.count(3))\n\nIt takes a while, as you would think." {
		t.Errorf("text %q", m.Text)
	}
	if len(m.Functions) != 1 || len(m.Types) != 1 {
		t.Fatalf("%d functions, %d types", len(m.Functions), len(m.Types))
	}
	f := m.Functions[0]
	if f.Name != "count" || f.Text != "Counts them." || len(f.Args) != 2 || len(f.Returns) != 2 {
		t.Fatalf("%+v", f)
	}
	for i, want := range []string{"most?: integer Where to end; default 100.", "tell?: fun(n: integer, name: string): boolean Called with each.", "flock?: sheep.Flock Nil if there are none.", "result: string "} {
		a := append(f.Args, f.Returns...)[i]
		if got := a.String() + " " + a.Text; got != want {
			t.Errorf("argument or result %d: %q, want %q", i, got, want)
		}
	}
	fields := m.Types[0].Fields
	if len(fields) != 2 || fields[0].Name != "size" || fields[0].Type != "integer?" || fields[0].Text != "How many there are." || fields[1].Type != "table<string, integer>" {
		t.Errorf("fields %+v", fields)
	}
}

// What a catalogue says of a library: in a terminal, as a page, and not to editors,
// which read its source.
func TestCatalogueOfLibrary(t *testing.T) {
	c := Catalogue[int]{Library: []*Module[int]{read(t)}, Example: func(string) string { return "" }}
	text, ok := c.Help("sheep", 80)
	for _, want := range []string{"farm.sheep\n\nCounts sheep. One after the other.\n\n  local sheep", "  farm.sheep.count([most [, tell]])\n", "sheep.Flock\n"} {
		if !ok || !strings.Contains(text, want) {
			t.Errorf("help has no %q:\n%s", want, text)
		}
	}
	pages := c.Pages()
	if len(pages) != 2 || pages[1].Name != "farm.sheep.md" || !strings.Contains(pages[1].Text, "```lua\nlocal sheep = require") || !strings.Contains(pages[1].Text, "returns `flock?:` `sheep.Flock`. Nil if") && !strings.Contains(pages[1].Text, "](#type-sheepflock). Nil if") {
		t.Errorf("pages %v", pages)
	}
	if types := c.Types(); len(types) != 1 {
		t.Errorf("%d files for editors, want the one with what all share", len(types))
	}
}
