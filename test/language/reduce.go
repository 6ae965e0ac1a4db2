package language

import "slices"

// reduce makes a program smaller as long as it still fails: it drops statements and items, puts the
// inside of a statement in its place, and simpler expressions in the place of others. The given
// tree stays as it is.
func reduce(program *node, fails func(*node) bool) *node {
	r := reducer{root: copyOf(program), fails: fails, tried: map[string]bool{}}
	for before := 0; before != r.root.weight(); {
		before = r.root.weight()
		r.shrink(r.root)
		r.extract()
	}
	return r.root
}

type reducer struct {
	root  *node
	fails func(*node) bool
	tried map[string]bool // whether it fails, by its text
}

// extract tries to show one of the program's operations and nothing else, with the number 1 for its
// variables.
func (r *reducer) extract() {
	if len(r.root.kids) == 1 && len(r.root.kids[0].String()) < 40 {
		return
	}
	var operations []*node
	r.root.walk(func(n *node) {
		if n.sort == expression && len(n.kids) == 2 {
			operations = append(operations, n)
		}
	})
	for _, n := range operations {
		for _, e := range []*node{n, withoutNames(n)} {
			alone := made("call statement", statement, []string{"show(", ")"}, listOf(0, e))
			if r.keep(r.root, func() { r.root.kids = []*node{alone} }) {
				return
			}
		}
	}
}

// withoutNames is an expression with a number in the place of each variable.
func withoutNames(n *node) *node {
	if n.form == "name" {
		return leaf("numeral", expression, simpleLevel, "1")
	}
	c := *n
	c.kids = nil
	for _, k := range n.kids {
		c.kids = append(c.kids, withoutNames(k))
	}
	return &c
}

// shrink tries everything on a node, then on what is left of its children.
func (r *reducer) shrink(n *node) {
	switch n.sort {
	case block:
		r.dropSome(n)
		r.unwrap(n)
	case list, tokens:
		r.dropSome(n)
	case expression:
		r.simplify(n)
		r.hoist(n)
	case statement:
		r.simplifyStatement(n)
	}
	for i := 0; i < len(n.kids); i++ {
		r.shrink(n.kids[i])
	}
}

// weight is what a pass must lower: how much program there is, and then how plain its literals are.
func (n *node) weight() int { return 1000*n.size() + len(n.String()) }

// keep makes a change, and takes it back if the program does not fail any more.
func (r *reducer) keep(n *node, change func()) bool {
	saved := *n
	saved.kids = slices.Clone(n.kids)
	change()
	if r.stillFails() {
		return true
	}
	*n = saved
	return false
}

func (r *reducer) stillFails() bool {
	text := r.root.String()
	result, ok := r.tried[text]
	if !ok {
		result = r.fails(r.root)
		r.tried[text] = result
	}
	return result
}

// dropSome drops children of a block or list, many at once first, the last first: they need what is
// before them.
func (r *reducer) dropSome(n *node) {
	for size := len(n.kids); size > 0; size /= 2 {
		for at := len(n.kids) - size; at >= 0; at -= size {
			if len(n.kids)-size >= n.least {
				r.keep(n, func() { n.kids = slices.Delete(slices.Clone(n.kids), at, at+size) })
			}
		}
	}
}

// unwrap puts the statements of the blocks within a statement in its place.
func (r *reducer) unwrap(n *node) {
	for i := 0; i < len(n.kids); i++ {
		inside := innerStatements(n.kids[i])
		if len(inside) > 0 {
			r.keep(n, func() { n.kids = slices.Replace(slices.Clone(n.kids), i, i+1, inside...) })
		}
	}
}

// innerStatements are those of the outermost blocks within a statement.
func innerStatements(n *node) (found []*node) {
	for _, k := range n.kids {
		if k.sort == block {
			found = append(found, k.kids...)
			continue
		}
		found = append(found, innerStatements(k)...)
	}
	return found
}

// hoist puts an expression from within in the place of an expression. A statement may be replaced
// by showing one.
func (r *reducer) hoist(n *node) {
	for again := true; again; {
		again = false
		for _, e := range innerExpressions(n) {
			if r.keep(n, func() { *n = *e }) {
				again = true
				break
			}
		}
	}
}

// innerExpressions are the outermost expressions within one.
func innerExpressions(n *node) (found []*node) {
	for _, k := range n.kids {
		if k.sort == expression {
			found = append(found, k)
			continue
		}
		found = append(found, innerExpressions(k)...)
	}
	return found
}

// plainest are what expressions become where it does not matter what they are.
var plainest = []string{"nil", "1", `""`, "{}"}

// simplifyStatement drops a semicolon, a comment and the else parts of an if.
func (r *reducer) simplifyStatement(n *node) {
	if n.semicolon {
		r.keep(n, func() { n.semicolon = false })
	}
	if n.comment != "" {
		r.keep(n, func() { n.comment = "" })
	}
	if n.form == "elseif" || n.form == "if" {
		r.shorten(n)
	}
}

// simplify replaces an expression by the plainest that will do.
func (r *reducer) simplify(n *node) {
	if n.quote {
		return
	}
	for _, text := range plainest {
		if text == n.text[0] || len(n.kids) == 0 && len(text) >= len(n.text[0]) {
			return
		}
		if r.keep(n, func() { *n = *leaf("plain", expression, simpleLevel, text) }) {
			return
		}
	}
}

// shorten leaves out the last part of an if.
func (r *reducer) shorten(n *node) {
	for len(n.kids) > 2 {
		last := 2 - len(n.kids)%2 // an else has one child, an elseif two
		if !r.keep(n, func() {
			n.kids, n.need, n.text = n.kids[:len(n.kids)-last], n.need[:len(n.kids)-last], append([]string{}, n.text[:len(n.text)-last]...)
			n.text[len(n.kids)] = " end"
		}) {
			return
		}
	}
}
