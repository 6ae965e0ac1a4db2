package language

import "strings"

// A kind is what a variable holds, as far as the generator knows. Assignments keep to it, but for
// those that are wild.
type kind byte

const (
	number kind = iota
	text
	boolean
	array    // numbers from 1 without a hole, so that its length is one
	record   // fields x and y with numbers, s with a string, and numbers under other keys
	function // of up to three numbers, giving at least one number
	loose    // of any value, so that it can only be looked at
	object   // with metamethods
	kinds
)

// A variable that a program can name.
type variable struct {
	name  string
	kind  kind
	level int  // of a function: it calls only functions of lower levels, so every program ends
	fixed bool // never assigned to: it bounds a loop, or is a function
	depth int  // of functions around its declaration
}

// A scope is a block's variables, within those of the blocks around it.
type scope struct {
	outer     *scope
	variables []variable
}

func (g *generator) open() { g.scope = &scope{outer: g.scope} }

func (g *generator) close() { g.scope = g.scope.outer }

func (g *generator) declare(v variable) {
	v.depth = g.depth
	g.scope.variables = append(g.scope.variables, v)
}

// visible is every variable that a name reaches here and that suits.
func (g *generator) visible(suits func(variable) bool) (found []variable) {
	seen := map[string]bool{}
	for s := g.scope; s != nil; s = s.outer {
		for i := len(s.variables) - 1; i >= 0; i-- {
			v := s.variables[i]
			if !seen[v.name] && suits(v) {
				found = append(found, v)
			}
			seen[v.name] = true
		}
	}
	return found
}

// known picks a visible variable of a kind, the newer ones rather than the older.
func (g *generator) known(k kind) (variable, bool) {
	found := g.visible(func(v variable) bool { return v.kind == k && (k != function || v.level < g.level) })
	if len(found) == 0 {
		return variable{}, false
	}
	return found[min(g.below(len(found)), g.below(len(found)))], true
}

// names are what programs call their variables. Templates use other words, so that neither hides
// the other.
var names = strings.Fields("ant bee cat cow dog eel elk emu fox gnu hen jay owl pig ram yak")

// newName is mostly a name that is not in use, and sometimes one that it then hides.
func (g *generator) newName() string {
	for {
		n := one(g, names)
		taken := len(g.visible(func(v variable) bool { return v.name == n })) > 0
		if !taken || g.chance(25) {
			return n
		}
	}
}
