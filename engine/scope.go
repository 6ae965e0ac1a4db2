package engine

import (
	"errors"
	"maps"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"
)

// Scope lets the local variables at the top level of one chunk survive to the next, as a person at a console expects.
// Lua ends them with their chunk, so the scope keeps the cells in which they live: behind each local statement at the
// top level a hidden call hands them over, and the next chunk gets those it names as upvalues. So a closure of an
// earlier chunk and the code of a later one share a variable, and a chunk that fails keeps what it had declared by
// then. Blocks and functions inside a chunk are plain Lua. The name "_" is not kept: it says that a value is not wanted.
// A Scope belongs to whoever holds the baton.
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

// Get is the value of a variable; ok is false if there is none of that name.
func (s *Scope) Get(name string) (v lua.LValue, ok bool) {
	c, ok := s.cells[name]
	if !ok {
		return lua.LNil, false
	}
	return c.Value(), true
}

// Load compiles a chunk: as a list of expressions, whose values the function returns, or else as statements. The
// function is to be called once. The error is a *ScriptError.
func (s *Scope) Load(name, source string) (fn *lua.LFunction, isExpression bool, err error) {
	if len(source) > maxScript {
		return nil, false, &ScriptError{Position: name, Message: "the chunk is too long"}
	}
	fn, err = s.engine.compileAs(name, source, func() (*lua.LFunction, error) {
		var chunk []ast.Stmt
		chunk, isExpression, err = parseChunk(name, source)
		if err != nil {
			return nil, syntax(err)
		}
		return s.compile(name, source, chunk)
	})
	return fn, isExpression, err
}

// Incomplete reports whether a chunk is the beginning of one: more lines may make it whole. It may be called from any
// goroutine.
func Incomplete(source string) bool {
	if tooDeep(source) > 0 || len(source) > maxScript {
		return false
	}
	asValues, incomplete := parsed("return " + source)
	if asValues {
		return false
	}
	asStatements, unfinished := parsed(source)
	return !asStatements && (incomplete || unfinished)
}

// parsed says whether a text can be parsed or, if not, whether more of it might be.
func parsed(text string) (whole, unfinished bool) {
	_, err := parse.Parse(strings.NewReader(text), "")
	bad, ok := errors.AsType[*parse.Error](err)
	return err == nil, ok && bad.Pos.Line == parse.EOF && bad.Message != "unterminated string"
}

// parseChunk reads expressions, or else statements.
func parseChunk(name, source string) (chunk []ast.Stmt, isExpression bool, err error) {
	if chunk, err := parse.Parse(strings.NewReader("return "+source), name); err == nil {
		return chunk, true, nil
	}
	chunk, err = parse.Parse(strings.NewReader(source), name)
	return chunk, false, err
}

// syntax wraps an error of the parser or the compiler as gopher-lua's Load does.
func syntax(err error) error {
	return &lua.ApiError{Type: lua.ApiErrorSyntax, Object: lua.LString(err.Error()), Cause: err}
}

// keepName is a name that no script can spell.
const keepName = "(keep)"

// compile makes the function of a chunk within another function, whose locals are the scope's variables. Only the inner
// one is used, with the cells for its upvalues.
func (s *Scope) compile(name, source string, chunk []ast.Stmt) (*lua.LFunction, error) {
	inner := &ast.FunctionExpr{ParList: &ast.ParList{HasVargs: true}, Stmts: keeping(chunk)}
	outer := []ast.Stmt{
		&ast.LocalAssignStmt{Names: append([]string{keepName}, s.namedIn(source)...)},
		&ast.ReturnStmt{Exprs: []ast.Expr{inner}},
	}
	proto, err := s.engine.compileChunk(name, outer)
	if err != nil {
		return nil, syntax(err)
	}
	var fresh []*lua.Upvalue
	keep := &lua.Upvalue{} // closed: it holds its value itself
	keep.SetValue(s.engine.lua.NewFunction(func(L *lua.LState) int {
		fresh = append(fresh, s.keep(L.CheckFunction(1))...)
		return 0
	}))
	fn := s.engine.lua.NewFunctionFromProto(proto.FunctionPrototypes[0])
	for i, name := range fn.Proto.DbgUpvalues {
		fn.Upvalues[i] = s.cells[name]
		if name == keepName {
			fn.Upvalues[i] = keep
		}
	}
	return s.engine.lua.NewFunction(func(L *lua.LState) int {
		defer func() { // also when it fails or is killed: cells on its stack would lose their values with it
			for _, c := range fresh {
				c.Close()
			}
		}()
		L.Push(fn)
		L.Call(0, lua.MultRet)
		return L.GetTop()
	}), nil
}

// keep takes over the variables that a closure was made to name.
func (s *Scope) keep(closure *lua.LFunction) []*lua.Upvalue {
	for i, name := range closure.Proto.DbgUpvalues {
		if name != "_" {
			s.cells[name] = closure.Upvalues[i]
		}
	}
	return closure.Upvalues
}

// keeping adds the hidden calls to a chunk.
func keeping(chunk []ast.Stmt) []ast.Stmt {
	var kept []ast.Stmt
	for _, st := range chunk {
		kept = append(kept, st)
		if local, ok := st.(*ast.LocalAssignStmt); ok {
			kept = append(kept, keepCall(local))
		}
	}
	return kept
}

// keepCall is (keep)(function() return a, b end).
func keepCall(local *ast.LocalAssignStmt) ast.Stmt {
	values := &ast.ReturnStmt{}
	for _, name := range local.Names {
		values.Exprs = append(values.Exprs, at(local, &ast.IdentExpr{Value: name}))
	}
	closure := &ast.FunctionExpr{ParList: &ast.ParList{}, Stmts: []ast.Stmt{at(local, values)}}
	call := &ast.FuncCallExpr{Func: at(local, &ast.IdentExpr{Value: keepName}), Args: []ast.Expr{at(local, closure)}}
	return at(local, &ast.FuncCallStmt{Expr: at(local, call)})
}

// at puts a piece of syntax on the last line of the statement that it follows.
func at[T ast.PositionHolder](place ast.PositionHolder, piece T) T {
	piece.SetLine(place.LastLine())
	piece.SetLastLine(place.LastLine())
	return piece
}

// namedIn lists the variables whose names occur in a text, sorted: a chunk can have some 200 variables, a session more.
func (s *Scope) namedIn(source string) []string {
	found := map[string]bool{}
	for _, word := range strings.FieldsFunc(source, func(r rune) bool { return r > 0x7f || !isWord(byte(r)) }) {
		if s.cells[word] != nil {
			found[word] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}
