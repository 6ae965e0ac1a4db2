package engine

import (
	"errors"
	"maps"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
	"github.com/lightdht/lightdht/engine/syntax"
)

// Scope keeps the local variables at the top level of one chunk for the next, as a person at a
// console expects. In Lua they end with their chunk. The scope keeps them as upvalues: after each
// local statement at the top level, a hidden call passes the new variables to the scope, and the
// next chunk gets those that it names as its upvalues. So a closure of an earlier chunk and the
// code of a later one share a variable, and a chunk that fails keeps the variables that it had
// declared by then. Blocks and functions inside a chunk are plain Lua. The name "_" is not kept,
// because it marks unwanted values. Use a Scope on the baton.
type Scope struct {
	engine *Engine
	cells  map[string]*lua.Upvalue
}

// NewScope makes a scope without variables.
func (e *Engine) NewScope() *Scope {
	return &Scope{engine: e, cells: map[string]*lua.Upvalue{}}
}

// Names lists the variables, sorted.
func (s *Scope) Names() []string { return slices.Sorted(maps.Keys(s.cells)) }

// Get is the value of a variable; ok is false if it does not exist.
func (s *Scope) Get(name string) (v lua.LValue, ok bool) {
	c, ok := s.cells[name]
	if !ok {
		return lua.LNil, false
	}
	return c.Value(), true
}

// Load compiles a chunk: as a list of expressions, whose values the function returns, or else as
// statements. Call the function once. The error is a *ScriptError.
func (s *Scope) Load(name, source string) (fn *lua.LFunction, isExpression bool, err error) {
	chunk, err := parse(name, "return "+source)
	if isExpression = err == nil; !isExpression {
		if chunk, err = parse(name, source); err != nil {
			return nil, false, err
		}
	}
	fn, err = s.compile(name, source, chunk)
	return fn, isExpression, err
}

// Incomplete reports whether a chunk is the beginning of a longer one. It may be called from any
// goroutine.
func Incomplete(source string) bool {
	if len(source) > maxScript {
		return false
	}
	_, err := syntax.Parse("return " + source)
	asValues, ok := errors.AsType[*syntax.Error](err)
	if !ok {
		return false
	}
	_, err = syntax.Parse(source)
	asStatements, ok := errors.AsType[*syntax.Error](err)
	return ok && (asValues.Incomplete() || asStatements.Incomplete())
}

// compile makes the function of a chunk. The scope's variables are its upvalues. After each local
// statement at the top level it passes the new variables to the scope.
func (s *Scope) compile(name, source string, chunk *syntax.Chunk) (*lua.LFunction, error) {
	var fresh []*lua.Upvalue
	keep := s.engine.lua.NewFunction(func(L *lua.LState) int {
		fresh = append(fresh, s.keep(L, L.CheckFunction(1))...)
		return 0
	})
	chunk.Body.Stmts = keeping(chunk.Body.Stmts, keep)
	named := s.namedIn(source)
	proto, err := s.engine.compiler.tree(name, chunk, named)
	if err != nil {
		return nil, err
	}
	fn := s.engine.lua.NewFunctionFromProto(proto)
	for i, name := range named {
		fn.Upvalues[i] = s.cells[name]
		if lua51.SetsUpvalue(proto, i) {
			delete(s.engine.reasons.kept, s.cells[name])
		}
	}
	return s.engine.lua.NewFunction(func(L *lua.LState) int {
		defer func() { // also after an error: open upvalues would lose their values with the stack
			for _, c := range fresh {
				c.Close()
			}
		}()
		L.Push(fn)
		L.Call(0, lua.MultRet)
		return L.GetTop()
	}), nil
}

// keep takes over the variables that a closure names.
func (s *Scope) keep(L *lua.LState, closure *lua.LFunction) []*lua.Upvalue {
	keeper, _ := lua51.Innermost(L)
	chunk, _ := keeper.Caller()
	for i, name := range closure.Proto.DbgUpvalues {
		if name != "_" {
			s.cells[name] = closure.Upvalues[i]
			s.engine.reasons.keepNil(chunk, closure.Upvalues[i])
		}
	}
	return closure.Upvalues
}

// keeping adds the hidden calls to a chunk.
func keeping(stmts []syntax.Stmt, keep *lua.LFunction) []syntax.Stmt {
	var kept []syntax.Stmt
	for _, st := range stmts {
		kept = append(kept, st)
		switch local := st.(type) {
		case *syntax.Local:
			kept = append(kept, keepCalls(local, local.Names, keep)...)
		case *syntax.LocalFunction:
			kept = append(kept, keepCalls(local, []string{local.Name}, keep)...)
		}
	}
	return kept
}

// keptAtOnce is how many variables one hidden call passes: fewer than the upvalues of a function.
const keptAtOnce = 50

// keepCalls makes the calls keep(function() return a, b end).
func keepCalls(behind syntax.Stmt, names []string, keep *lua.LFunction) (calls []syntax.Stmt) {
	_, last := behind.Where()
	line, span := syntax.At(last), syntax.Span{First: last, Last: last}
	for some := range slices.Chunk(names, keptAtOnce) {
		values := &syntax.Return{Span: span}
		for _, name := range some {
			values.Values = append(values.Values, &syntax.Ident{At: line, Name: name})
		}
		body := &syntax.Block{Stmts: []syntax.Stmt{values}, Line: last}
		closure := &syntax.Function{At: line, Body: body, First: last}
		call := &syntax.Call{At: line, Func: &syntax.Host{At: line, Value: keep}, Args: []syntax.Expr{closure}, Opens: last}
		calls = append(calls, &syntax.CallStmt{Span: span, Call: call})
	}
	return calls
}

// namedIn lists the variables whose names occur in a text, sorted: a chunk can use some 200
// variables, a session can have more.
func (s *Scope) namedIn(source string) []string {
	found := map[string]bool{}
	for _, word := range strings.FieldsFunc(source, func(r rune) bool { return r > 0x7f || !isWord(byte(r)) }) {
		if s.cells[word] != nil {
			found[word] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
