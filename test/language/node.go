package language

import (
	"bytes"
	"strings"
)

// A sort says what a node is to the grammar, and so what the reducer may do with it.
type sort byte

const (
	expression sort = iota
	statement
	block  // its children are statements
	list   // its children are separated by commas
	tokens // its children are separated by blanks
	fixed  // a part that is never changed alone: a new name, a field's name
)

// A node is a piece of a program: text[0] kids[0] text[1] ... kids[n-1] text[n], or, for a block or
// list, its children with what belongs between them.
type node struct {
	form      string // the production of the grammar
	origin    string // the template it comes from
	sort      sort
	level     int // how tightly an expression binds
	text      []string
	need      []int // the level that each child needs, or it is put in parentheses
	kids      []*node
	least     int    // fewest children of a list
	quote     bool   // it is printed as a string literal that holds its text
	semicolon bool   // one comes after it
	comment   string // one before it
}

// leaf makes a node without children.
func leaf(form string, sort sort, level int, text string) *node {
	return &node{form: form, sort: sort, level: level, text: []string{text}}
}

func name(s string) *node { return leaf("name", expression, prefixLevel, s) }

// label makes a name that is being introduced, or another part that stays.
func label(s string) *node { return leaf("label", fixed, prefixLevel, s) }

func listOf(least int, kids ...*node) *node { return &node{sort: list, least: least, kids: kids} }

func blockOf(statements ...*node) *node { return &node{sort: block, kids: statements} }

// walk calls f with each node from the root down.
func (n *node) walk(f func(*node)) {
	f(n)
	for _, k := range n.kids {
		k.walk(f)
	}
}

// String is the program text.
func (n *node) String() string {
	var w writer
	w.node(n)
	return string(w.out)
}

// size is how much there is to a program: what the reducer makes smaller.
func (n *node) size() int {
	size := 0
	n.walk(func(*node) { size++ })
	return size
}

// writer prints nodes.
type writer struct {
	out    []byte
	indent int
	within bool // the program's own block has begun
}

func (w *writer) node(n *node) {
	switch {
	case n.quote:
		w.put(quoted((&node{sort: n.sort, text: n.text, need: n.need, kids: n.kids}).String()))
	case n.sort == block:
		w.block(n)
	case n.sort == list:
		w.separated(n.kids, ", ")
	case n.sort == tokens:
		w.separated(n.kids, " ")
	default:
		for i, k := range n.kids {
			w.put(n.text[i])
			w.kid(k, n.need[i])
		}
		w.put(n.text[len(n.kids)])
	}
}

func (w *writer) separated(kids []*node, separator string) {
	for i, k := range kids {
		if i > 0 {
			w.put(separator)
		}
		w.kid(k, 0)
	}
}

func (w *writer) kid(k *node, need int) {
	if k.sort == expression && k.level < need {
		w.put("(")
		w.node(k)
		w.put(")")
		return
	}
	w.node(k)
}

// put writes text, apart from what would make another token of its beginning: a comment of two
// minus signs, a long bracket of two brackets.
func (w *writer) put(s string) {
	if s == "" {
		return
	}
	switch last := w.last(); {
	case last == s[0] && (last == '-' || last == '['):
		w.out = append(w.out, ' ')
	case s[0] == ' ' && (last == ' ' || last == '\t' || last == '\n'):
		s = s[1:]
	}
	w.out = append(w.out, s...)
}

func (w *writer) last() byte {
	if len(w.out) == 0 {
		return 0
	}
	return w.out[len(w.out)-1]
}

// block writes statements, each on its own line, but for one short statement alone.
func (w *writer) block(n *node) {
	if !w.within {
		w.within = true
		w.statements(n)
		return
	}
	start := len(w.out)
	w.indent++
	if len(n.kids) == 1 {
		w.statements(n)
	}
	if len(n.kids) > 1 || len(w.out)-start > 70 || bytes.IndexByte(w.out[start:], '\n') >= 0 {
		w.out = bytes.TrimRight(w.out[:start], " ")
		w.line()
		w.statements(n)
		w.indent--
		w.line()
		return
	}
	w.indent--
}

// statements writes lines. One that begins with a parenthesis would be taken for the arguments of a
// call on the line above, so a semicolon comes between.
func (w *writer) statements(n *node) {
	for i, k := range n.kids {
		if i > 0 {
			if n.kids[i-1].semicolon || opensParenthesis(k) {
				w.put(";")
			}
			w.line()
		}
		if k.comment != "" {
			w.put(k.comment)
			w.line()
		}
		w.node(k)
	}
}

func opensParenthesis(n *node) bool {
	for n.sort == list || n.text[0] == "" {
		if len(n.kids) == 0 {
			return false
		}
		if n.sort != list && n.kids[0].sort == expression && n.kids[0].level < n.need[0] {
			return true
		}
		n = n.kids[0]
	}
	return n.text[0][0] == '('
}

func (w *writer) line() {
	w.out = append(w.out, '\n')
	for range w.indent {
		w.out = append(w.out, '\t')
	}
}

// quoted writes a string literal in the plainest spelling that any Lua reads alike.
func quoted(s string) string {
	var out strings.Builder
	out.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			out.WriteByte('\\')
			out.WriteByte(c)
		case c == '\n':
			out.WriteString(`\n`)
		case c < ' ' || c > '~':
			out.WriteString(decimalEscape(c))
		default:
			out.WriteByte(c)
		}
	}
	out.WriteByte('"')
	return out.String()
}

func decimalEscape(c byte) string {
	return string([]byte{'\\', '0' + c/100, '0' + c/10%10, '0' + c%10})
}
