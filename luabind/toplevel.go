package luabind

import (
	"strings"

	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"
)

// callsExperiment says whether experiment is called anywhere in the script but
// within functions. The source is one that the engine has compiled.
func callsExperiment(source string) bool {
	if strings.HasPrefix(source, "#") {
		source = "--" + source
	}
	chunk, err := parse.Parse(strings.NewReader(source), "")
	return err == nil && inBlock(chunk)
}

func inBlock(block []ast.Stmt) bool {
	for _, s := range block {
		if inStatement(s) {
			return true
		}
	}
	return false
}

func inStatement(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.FuncCallStmt:
		return inExpr(s.Expr)
	case *ast.LocalAssignStmt:
		return inExprs(s.Exprs)
	case *ast.AssignStmt:
		return inExprs(s.Lhs) || inExprs(s.Rhs)
	case *ast.ReturnStmt:
		return inExprs(s.Exprs)
	case *ast.DoBlockStmt:
		return inBlock(s.Stmts)
	case *ast.IfStmt:
		return inExpr(s.Condition) || inBlock(s.Then) || inBlock(s.Else)
	case *ast.WhileStmt:
		return inExpr(s.Condition) || inBlock(s.Stmts)
	case *ast.RepeatStmt:
		return inExpr(s.Condition) || inBlock(s.Stmts)
	case *ast.NumberForStmt:
		return inExprs([]ast.Expr{s.Init, s.Limit, s.Step}) || inBlock(s.Stmts)
	case *ast.GenericForStmt:
		return inExprs(s.Exprs) || inBlock(s.Stmts)
	}
	return false
}

func inExprs(list []ast.Expr) bool {
	for _, e := range list {
		if inExpr(e) {
			return true
		}
	}
	return false
}

func inExpr(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.FuncCallExpr:
		if name, ok := e.Func.(*ast.IdentExpr); ok && name.Value == "experiment" {
			return true
		}
		return inExpr(e.Func) || inExpr(e.Receiver) || inExprs(e.Args)
	case *ast.AttrGetExpr:
		return inExpr(e.Object) || inExpr(e.Key)
	case *ast.TableExpr:
		for _, f := range e.Fields {
			if inExpr(f.Key) || inExpr(f.Value) {
				return true
			}
		}
	case *ast.LogicalOpExpr:
		return inExpr(e.Lhs) || inExpr(e.Rhs)
	case *ast.RelationalOpExpr:
		return inExpr(e.Lhs) || inExpr(e.Rhs)
	case *ast.StringConcatOpExpr:
		return inExpr(e.Lhs) || inExpr(e.Rhs)
	case *ast.ArithmeticOpExpr:
		return inExpr(e.Lhs) || inExpr(e.Rhs)
	case *ast.UnaryMinusOpExpr:
		return inExpr(e.Expr)
	case *ast.UnaryNotOpExpr:
		return inExpr(e.Expr)
	case *ast.UnaryLenOpExpr:
		return inExpr(e.Expr)
	}
	return false
}
