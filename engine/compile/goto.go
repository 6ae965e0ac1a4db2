package compile

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/syntax"
)

// Lua 5.1 has no goto. gopher-lua has it, with the rules of Lua 5.2, and scripts may use it.

// label is a place that goto can name.
type label struct {
	line, pc int
	locals   int // that are active there
}

// pendingGoto is a goto whose label has not come yet.
type pendingGoto struct {
	label       string
	line        int
	close, jump int // its instructions
	scope       *scope
	locals      int // that are active there, of the scopes that have not ended
}

// goTo jumps to a label. The locals that end with the jump are closed; which they are is known when
// the label is.
func (f *function) goTo(name string, line int) {
	g := &pendingGoto{label: name, line: line, scope: f.scope, locals: len(f.locals)}
	g.close = f.emit(abc(lua.OP_CLOSE, 0, 0, 0), line)
	g.jump = f.jump(line)
	for s := f.scope; s != nil; s = s.outer {
		if l := s.labels[name]; l != nil {
			f.resolve(g, l)
			return
		}
	}
	f.gotos = append(f.gotos, g)
}

func (f *function) resolve(g *pendingGoto, l *label) {
	if g.locals < l.locals {
		fail(g.line, "<goto %s> jumps into the scope of local '%s'", g.label, f.locals[g.locals].name)
	}
	f.code[g.close] = abc(lua.OP_CLOSE, l.locals, 0, 0)
	f.landAt([]int{g.jump}, l.pc)
}

// label defines a label here. At the end of a block, no local is in its scope.
func (f *function) label(name string, line int, last bool) {
	for s := f.scope; s != nil; s = s.outer {
		if l := s.labels[name]; l != nil {
			fail(line, "label '%s' already defined on line %d", name, l.line)
		}
	}
	l := &label{line: line, pc: len(f.code), locals: len(f.locals)}
	if last {
		l.locals = f.scope.locals
	}
	if f.scope.labels == nil {
		f.scope.labels = map[string]*label{}
	}
	f.scope.labels[name] = l
	left := f.gotos[:0]
	for _, g := range f.gotos {
		if g.label == name && g.scope == f.scope {
			f.resolve(g, l)
		} else {
			left = append(left, g)
		}
	}
	f.gotos = left
}

// endLabels passes the pending gotos of a scope to the enclosing one.
func (f *function) endLabels(s *scope) {
	for _, g := range f.gotos {
		if g.scope == s {
			g.scope, g.locals = s.outer, min(g.locals, s.locals)
		}
	}
}

// onlyLabels reports whether only labels follow.
func onlyLabels(rest []syntax.Stmt) bool {
	for _, s := range rest {
		if _, ok := s.(*syntax.Label); !ok {
			return false
		}
	}
	return true
}
