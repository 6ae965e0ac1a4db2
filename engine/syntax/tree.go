package syntax

// Chunk is a whole text: the body of a function that takes any number of arguments.
type Chunk struct {
	Body *Block
	Line int // on which the text ends
}

// Block is a list of statements with a scope of their own.
type Block struct {
	Stmts []Stmt
	Line  int // of the word that ends it
}

// Stmt is a statement: one of the types below.
type Stmt interface {
	// Where returns the lines on which the statement begins and ends.
	Where() (first, last int)
}

// Span is the lines of a statement.
type Span struct{ First, Last int }

// Where returns the lines on which the statement begins and ends.
func (s Span) Where() (first, last int) { return s.First, s.Last }

// The statements.
type (
	// Assign is a, b.c = x, y. Its targets are of type *Ident or *Index.
	Assign struct {
		Span
		Targets []Expr
		Values  []Expr
	}
	// Local is local a, b = x, y.
	Local struct {
		Span
		Names  []string
		Values []Expr
	}
	// LocalFunction is local function f() end.
	LocalFunction struct {
		Span
		Name string
		Func *Function
	}
	// FunctionStmt is function a.b.c() end; with a method name, the function's first parameter is
	// self.
	FunctionStmt struct {
		Span
		Target Expr // *Ident or *Index
		Func   *Function
	}
	// CallStmt is a call as a statement.
	CallStmt struct {
		Span
		Call *Call
	}
	// Do is do ... end.
	Do struct {
		Span
		Body *Block
	}
	// While is while cond do ... end.
	While struct {
		Span
		Cond Expr
		Body *Block
	}
	// Repeat is repeat ... until cond, which sees the locals of the body.
	Repeat struct {
		Span
		Body *Block
		Cond Expr
	}
	// If is if ... elseif ... else ... end.
	If struct {
		Span
		Arms []Arm
		Else *Block // nil: no else
	}
	// NumericFor is for name = start, limit, step do ... end.
	NumericFor struct {
		Span
		Name               string
		Start, Limit, Step Expr // Step is nil where it is left out
		Body               *Block
	}
	// GenericFor is for a, b in x, y, z do ... end.
	GenericFor struct {
		Span
		Names  []string
		Values []Expr
		Body   *Block
		In     int // line of the token behind the word in
	}
	// Return is return x, y.
	Return struct {
		Span
		Values []Expr
	}
	// Break leaves the innermost loop.
	Break struct{ Span }
	// Goto jumps to a label of the same function that is in scope.
	Goto struct {
		Span
		Label string
	}
	// Label is ::name::.
	Label struct {
		Span
		Name string
	}
)

// Arm is one condition of an if with its block.
type Arm struct {
	Cond Expr
	Body *Block
}

// Expr is an expression: one of the types below.
type Expr interface {
	// Line returns the line of the expression's last token.
	Line() int
}

// At is the line of an expression's last token.
type At int

// Line returns the line of the expression's last token.
func (a At) Line() int { return int(a) }

// The expressions.
type (
	// Nil is nil.
	Nil struct{ At }
	// True is true.
	True struct{ At }
	// False is false.
	False struct{ At }
	// Vararg is "...".
	Vararg struct{ At }
	// NumberLit is a number literal.
	NumberLit struct {
		At
		Value float64
	}
	// StringLit is a string literal.
	StringLit struct {
		At
		Value string
	}
	// Host is a value that the host program puts into a tree. It has no source text.
	Host struct {
		At
		Value any
	}
	// Ident is a variable.
	Ident struct {
		At
		Name string
	}
	// Index is a[b] or a.b.
	Index struct {
		At
		Object, Key Expr
	}
	// Call is f(...), or with a method name a:f(...).
	Call struct {
		At
		Func   Expr   // or the object of a method
		Method string // empty for a plain call
		Args   []Expr
		Opens  int // line of the bracket, string or table that begins the arguments
	}
	// Function is function(...) ... end.
	Function struct {
		At
		Params []string
		Vararg bool
		Body   *Block
		First  int // line of the word function
	}
	// Table is a constructor.
	Table struct {
		At
		Fields []Field
	}
	// Binary is x op y, for all operators with two operands.
	Binary struct {
		At
		Op   string
		X, Y Expr
	}
	// Unary is "-" x, "#" x or "not" x.
	Unary struct {
		At
		Op string
		X  Expr
	}
	// Paren is (x): one value, even if x has another number of values.
	Paren struct {
		At
		X Expr
	}
)

// Field is one item of a constructor; Key is nil for positional ones.
type Field struct {
	Key, Value Expr
}

// ManyValues reports whether an expression can have another number of values than one: a call or
// "..." without brackets around it.
func ManyValues(x Expr) bool {
	switch x.(type) {
	case *Call, *Vararg:
		return true
	}
	return false
}
