package engine

import (
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"
)

// The syntax tree of every chunk is changed before it is compiled, where gopher-lua would compute something else than
// Lua does, or something else on another machine: see power.go and constructor.go. Some expressions become calls of
// functions of our own, which are put among the constants of the compiled chunk, where no script can see or replace
// them.

// compileChunk makes the prototype of a chunk that was parsed.
func (e *Engine) compileChunk(name string, chunk []ast.Stmt) (*lua.FunctionProto, error) {
	var r rewriter
	r.function(chunk)
	if r.fault != "" {
		return nil, &parse.Error{Pos: ast.Position{Source: name, Line: r.line}, Message: r.fault}
	}
	hidden := map[lua.LValue]*lua.LFunction{}
	hidden[r.mark(r.powers, 1)] = e.power
	hidden[r.mark(r.appends, 2)] = e.appending
	proto, err := lua.Compile(chunk, name)
	if err == nil && len(r.powers)+len(r.appends) > 0 {
		resolve(proto, hidden)
	}
	return proto, err
}

// parseAndCompile makes a function of a text; the error is as gopher-lua's Load has it.
func (e *Engine) parseAndCompile(name, source string) (*lua.LFunction, error) {
	chunk, err := parse.Parse(strings.NewReader(source), name)
	if err != nil {
		return nil, syntax(err)
	}
	proto, err := e.compileChunk(name, chunk)
	if err != nil {
		return nil, syntax(err)
	}
	return e.lua.NewFunctionFromProto(proto), nil
}

// rewriter changes a syntax tree.
type rewriter struct {
	powers, appends []*ast.StringExpr   // functions to be called: a text that will become a constant, and that constant our function
	constants       map[string]struct{} // of the function at hand
	fault           string              // the first thing that is too large
	line            int                 // of it
	longest         int                 // of the script's own texts, in bytes; names do not count, since they have no "^"
}

// mark gives these functions a text that is nowhere in the script, and returns it.
func (p *rewriter) mark(functions []*ast.StringExpr, longer int) lua.LString {
	text := strings.Repeat("^", p.longest+longer)
	for _, f := range functions {
		f.Value = text
	}
	return lua.LString(text)
}

// resolve puts the functions where their texts are among the constants.
func resolve(proto *lua.FunctionProto, hidden map[lua.LValue]*lua.LFunction) {
	for i, c := range proto.Constants {
		if f := hidden[c]; f != nil {
			proto.Constants[i] = f
		}
	}
	for _, inner := range proto.FunctionPrototypes {
		resolve(inner, hidden)
	}
}

// maxConstants is up to how many names, strings and numbers a function can have. gopher-lua looks each up among all
// before it, so that 20,000 take more than a second, and cannot be interrupted in it; ours.
const maxConstants = 20_000

// function looks into the body of a function.
func (p *rewriter) function(body []ast.Stmt) {
	outer := p.constants
	p.constants = map[string]struct{}{}
	p.statements(body)
	p.constants = outer
}

// constant notes a name, a string or a number.
func (p *rewriter) constant(x ast.Expr, text string) {
	if p.constants[text] = struct{}{}; len(p.constants) > maxConstants {
		p.refuse(x, "a function can have "+strconv.Itoa(maxConstants)+" different names, strings and numbers; keep data in a file beside the script")
	}
}

// refuse notes what is too large, if it is the first.
func (p *rewriter) refuse(x ast.Expr, fault string) {
	if p.fault == "" {
		p.fault, p.line = fault, x.Line()
	}
}

func (p *rewriter) statements(list []ast.Stmt) {
	for _, s := range list {
		p.statement(s)
	}
}

func (p *rewriter) statement(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		p.expressions(s.Lhs)
		p.expressions(s.Rhs)
	case *ast.LocalAssignStmt:
		p.expressions(s.Exprs)
	case *ast.FuncCallStmt:
		p.expression(&s.Expr)
	case *ast.DoBlockStmt:
		p.statements(s.Stmts)
	case *ast.WhileStmt:
		p.expression(&s.Condition)
		p.statements(s.Stmts)
	case *ast.RepeatStmt:
		p.statements(s.Stmts)
		p.expression(&s.Condition)
	case *ast.IfStmt:
		p.expression(&s.Condition)
		p.statements(s.Then)
		p.statements(s.Else)
	case *ast.NumberForStmt:
		p.expression(&s.Init)
		p.expression(&s.Limit)
		p.expression(&s.Step)
		p.statements(s.Stmts)
	case *ast.GenericForStmt:
		p.expressions(s.Exprs)
		p.statements(s.Stmts)
	case *ast.FuncDefStmt:
		p.function(s.Func.Stmts)
	case *ast.ReturnStmt:
		p.expressions(s.Exprs)
	}
}

func (p *rewriter) expressions(list []ast.Expr) {
	for i := range list {
		p.expression(&list[i])
	}
}

// expression looks into the expression at a place in the tree, and replaces it there if need be.
func (p *rewriter) expression(place *ast.Expr) {
	switch x := (*place).(type) {
	case *ast.StringExpr:
		p.longest = max(p.longest, len(x.Value))
		p.constant(x, "\""+x.Value)
	case *ast.NumberExpr:
		p.constant(x, x.Value)
	case *ast.IdentExpr:
		p.constant(x, "\""+x.Value)
	case *ast.AttrGetExpr:
		p.expression(&x.Object)
		p.expression(&x.Key)
	case *ast.TableExpr:
		for _, f := range x.Fields {
			p.expression(&f.Key)
			p.expression(&f.Value)
		}
		*place = p.constructor(x)
	case *ast.FuncCallExpr:
		p.expression(&x.Func)
		p.expression(&x.Receiver)
		p.expressions(x.Args)
	case *ast.LogicalOpExpr:
		p.expression(&x.Lhs)
		p.expression(&x.Rhs)
	case *ast.RelationalOpExpr:
		p.expression(&x.Lhs)
		p.expression(&x.Rhs)
	case *ast.StringConcatOpExpr:
		p.expression(&x.Lhs)
		p.expression(&x.Rhs)
	case *ast.UnaryMinusOpExpr:
		p.expression(&x.Expr)
	case *ast.UnaryNotOpExpr:
		p.expression(&x.Expr)
	case *ast.UnaryLenOpExpr:
		p.expression(&x.Expr)
	case *ast.FunctionExpr:
		p.function(x.Stmts)
	case *ast.ArithmeticOpExpr:
		p.expression(&x.Lhs)
		p.expression(&x.Rhs)
		if x.Operator == "^" {
			*place = p.call(x)
		}
	}
}
