package language

// A target is what can be assigned to, and the kind of what it holds.
type target struct {
	node *node
	kind kind
}

// assignment makes one, mostly a multiple one. Its values are often its targets themselves.
func (g *generator) assignment() *node {
	targets, values := listOf(1), listOf(1)
	var chosen []target
	outer := false
	for range max(1, g.below(5)) {
		t, ok := g.target(&outer)
		if !ok {
			continue
		}
		chosen = append(chosen, t)
		targets.kids = append(targets.kids, t.node)
	}
	if len(chosen) == 0 {
		return g.ordinary()
	}
	wild := g.wild
	if outer {
		g.wild = 0 // the surroundings of a protected call stay as they should be
	}
	for _, t := range chosen {
		values.kids = append(values.kids, g.valueFor(t, chosen))
	}
	g.wild = wild
	g.moreOrFewer(chosen, values)
	form := "assignment"
	if len(chosen) > 1 {
		form = "multiple assignment"
	}
	return made(form, statement, []string{"", " = ", ""}, targets, values)
}

// valueFor makes a value for a target: half of the time, what another target of its kind holds.
func (g *generator) valueFor(t target, all []target) *node {
	if g.chance(45) {
		other := one(g, all)
		if other.kind == t.kind && other.node.form != "new element" {
			return copyOf(other.node)
		}
	}
	return g.expr(t.kind)
}

func copyOf(n *node) *node {
	c := *n
	c.kids = nil
	for _, k := range n.kids {
		c.kids = append(c.kids, copyOf(k))
	}
	return &c
}

// moreOrFewer leaves out values for targets that may become nil, or adds some that go nowhere.
func (g *generator) moreOrFewer(targets []target, values *node) {
	switch last := targets[len(targets)-1]; {
	case g.chance(10):
		values.kids = append(values.kids, g.expr(g.anyKind()))
	case g.chance(10):
		values.kids = append(values.kids, g.several())
	case last.kind == loose && len(targets) > 1:
		values.kids = values.kids[:len(values.kids)-1]
		if g.chance(70) {
			values.kids[len(values.kids)-1] = g.leading(values.kids[len(values.kids)-1])
		}
	}
}

// leading makes an expression of several values whose first is of the same kind as the given
// number; for other kinds it leaves it alone.
func (g *generator) leading(n *node) *node {
	if n.form == "numeral" {
		return g.call()
	}
	return n
}

// target picks what to assign to. It notes whether that lies outside of this function.
func (g *generator) target(outer *bool) (target, bool) {
	k := one(g, []kind{number, number, number, text, boolean, loose, array, record})
	found := g.visible(func(v variable) bool { return v.kind == k && !v.fixed })
	if len(found) == 0 {
		return target{}, false
	}
	v := found[min(g.below(len(found)), g.below(len(found)))]
	if v.depth < g.depth {
		*outer = true
	}
	switch {
	case k == array && g.chance(80):
		*outer = true // its elements stay numbers
		return target{g.element(v), number}, true
	case k == record && g.chance(85):
		*outer = true
		return g.field(v), true
	}
	return target{name(v.name), k}, true
}

// element is a place in an array that leaves no hole in it.
func (g *generator) element(v variable) *node {
	form := one(g, []string{"[1]", "[#]", "[#+1]", "[note]"})
	switch form {
	case "[1]":
		return indexOf(v, leaf("numeral", expression, simpleLevel, "1"))
	case "[#]":
		return indexOf(v, prefixed("#", name(v.name)))
	case "[note]":
		return indexOf(v, g.expressionOf(`note("key", 1)`))
	}
	n := indexOf(v, infix("+", prefixed("#", name(v.name)), leaf("numeral", expression, simpleLevel, "1")))
	n.form = "new element" // it is nil before
	return n
}

func indexOf(v variable, key *node) *node {
	n := made("index", expression, []string{"", "[", "]"}, name(v.name), key)
	n.level, n.need[0] = prefixLevel, prefixLevel
	return n
}

// field is a place in a record: one of its fields, or any key at all. Numbers are often keys that
// change meanwhile.
func (g *generator) field(v variable) target {
	of := func(text string, k kind) target {
		n := made("field", expression, []string{"", text}, name(v.name))
		n.level, n.need[0] = prefixLevel, prefixLevel
		return target{n, k}
	}
	switch g.below(8) {
	case 0, 1:
		return of(".x", number)
	case 2:
		return of(".s", text)
	case 3:
		return of(`["y"]`, number)
	case 4:
		return target{indexOf(v, g.spell("k"+one(g, contents))), loose}
	case 5:
		return target{indexOf(v, g.expressionOf(`note("key", <s>) .. "k"`)), loose}
	case 6:
		n := made("field of a call", expression, []string{"", ".x"}, g.expressionOf(`(function() return `+v.name+` end)()`))
		n.level, n.need[0] = prefixLevel, prefixLevel
		return target{n, number}
	}
	if n, ok := g.known(number); ok {
		return target{indexOf(v, name(n.name)), loose}
	}
	return of(".y", number)
}
