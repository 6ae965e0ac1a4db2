package syntax

// Walk calls visit for each expression of a block, outer ones before inner ones, in the order of
// the text. If visit returns false, the parts of the expression are skipped: those of a function
// are its statements.
func Walk(b *Block, visit func(x Expr) bool) {
	w := walker{visit}
	w.block(b)
}

type walker struct{ visit func(x Expr) bool }

func (w walker) block(b *Block) {
	if b == nil {
		return
	}
	for _, s := range b.Stmts {
		w.statement(s)
	}
}

func (w walker) statement(s Stmt) {
	switch s := s.(type) {
	case *Assign:
		w.expressions(s.Targets)
		w.expressions(s.Values)
	case *Local:
		w.expressions(s.Values)
	case *LocalFunction:
		w.expression(s.Func)
	case *FunctionStmt:
		w.expression(s.Target)
		w.expression(s.Func)
	case *CallStmt:
		w.expression(s.Call)
	case *Do:
		w.block(s.Body)
	case *While:
		w.expression(s.Cond)
		w.block(s.Body)
	case *Repeat:
		w.block(s.Body)
		w.expression(s.Cond)
	case *If:
		for _, arm := range s.Arms {
			w.expression(arm.Cond)
			w.block(arm.Body)
		}
		w.block(s.Else)
	case *NumericFor:
		w.expression(s.Start)
		w.expression(s.Limit)
		w.expression(s.Step)
		w.block(s.Body)
	case *GenericFor:
		w.expressions(s.Values)
		w.block(s.Body)
	case *Return:
		w.expressions(s.Values)
	}
}

func (w walker) expressions(xs []Expr) {
	for _, x := range xs {
		w.expression(x)
	}
}

func (w walker) expression(x Expr) {
	if x == nil || !w.visit(x) {
		return
	}
	switch x := x.(type) {
	case *Index:
		w.expression(x.Object)
		w.expression(x.Key)
	case *Call:
		w.expression(x.Func)
		w.expressions(x.Args)
	case *Function:
		w.block(x.Body)
	case *Table:
		for _, f := range x.Fields {
			w.expression(f.Key)
			w.expression(f.Value)
		}
	case *Binary:
		w.expression(x.X)
		w.expression(x.Y)
	case *Unary:
		w.expression(x.X)
	case *Paren:
		w.expression(x.X)
	}
}
