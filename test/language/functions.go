package language

import "strings"

// functionValue makes what can be called: a function that is visible, or one made on the spot.
func (g *generator) functionValue() *node {
	if v, ok := g.known(function); ok && g.chance(75) {
		return name(v.name)
	}
	if g.nested > 3 {
		return leaf("small function", expression, simpleLevel, one(g, []string{
			"function(p) return p or 0 end", "function(...) return ... end", "function(p, q) return q or 1, p or 2 end", "function() return 5 end"}))
	}
	return g.lambda("function", "function")
}

// lambda makes a function expression: prefix is what comes before its parameters.
func (g *generator) lambda(form, prefix string) *node {
	return g.functionOf(form, prefix, g.parameters())
}

func (g *generator) functionOf(form, prefix string, p parameters) *node {
	names := listOf(0)
	for _, v := range p.names {
		names.kids = append(names.kids, label(v.name))
	}
	if p.dots {
		names.kids = append(names.kids, label("..."))
	}
	var body *node
	g.within(func() {
		g.open()
		g.depth++
		g.level = max(g.level-1, 0)
		g.loops, g.dots = 0, p.dots
		for _, v := range p.names {
			g.declare(v)
		}
		body = g.body()
	})
	return made(form, expression, []string{prefix + "(", ") ", " end"}, names, body)
}

type parameters struct {
	names []variable
	dots  bool
}

// parameters are up to three numbers, and in one function of three what comes after them.
func (g *generator) parameters() (p parameters) {
	for range g.below(4) {
		n := g.newName()
		if !strings.Contains(p.String(), n) {
			p.names = append(p.names, variable{name: n, kind: number})
		}
	}
	p.dots = g.chance(35)
	return p
}

func (p parameters) String() string {
	var b strings.Builder
	for _, v := range p.names {
		b.WriteString(v.name)
	}
	return b.String()
}

// body makes a function's statements, with a return at the end that gives a number.
func (g *generator) body() *node {
	b := blockOf()
	if g.nested < 3 {
		for range g.below(4) {
			if g.budget > 0 {
				b.kids = append(b.kids, g.statement())
			}
		}
	}
	b.kids = append(b.kids, g.returning())
	return b
}

// returning makes a return statement whose first value is a number.
func (g *generator) returning() *node {
	values := listOf(0, g.expr(number))
	switch g.below(6) {
	case 0:
		values.kids = append(values.kids, g.expr(g.anyKind()))
	case 1:
		values.kids = append(values.kids, g.several())
	case 2:
		values.kids = []*node{g.call()} // a tail call
		return &node{form: "tail call", sort: statement, text: []string{"return ", ""}, need: []int{0}, kids: []*node{values}}
	case 3:
		values.kids = []*node{{form: "call in parentheses", sort: expression, level: prefixLevel, text: []string{"(", ")"}, need: []int{0}, kids: []*node{g.call()}}}
	}
	return &node{form: "return", sort: statement, text: []string{"return ", ""}, need: []int{0}, kids: []*node{values}}
}

// localFunction declares a function by a local, by its own statement, or as a global.
func (g *generator) localFunction() *node {
	n := g.newName()
	v := variable{name: n, kind: function, level: max(g.level-1, 0), fixed: true}
	switch g.below(3) {
	case 0:
		f := g.lambda("function", "function")
		g.declare(v)
		return &node{form: "local of a function", sort: statement, text: []string{"local " + n + " = ", ""}, need: []int{0}, kids: []*node{f}}
	case 1:
		// The name is visible in the body, where it must not be called: it has the level of what is
		// too high.
		g.open()
		g.declare(variable{name: n, kind: function, level: g.level + 9, fixed: true})
		f := g.lambda("local function", "local function "+n)
		g.close()
		f.sort = statement
		g.declare(v)
		return f
	}
	return g.globalFunction()
}

// globalFunction defines F, which is known until the end of the block: outside of it, it may not
// have been reached. Its body must not call an F that may come to be itself.
func (g *generator) globalFunction() *node {
	g.declare(variable{name: "F", kind: function, level: g.level + 9, fixed: true})
	f := g.lambda("function statement", "function F")
	f.sort = statement
	g.declare(variable{name: "F", kind: function, level: max(g.level-1, 0), fixed: true})
	return f
}

// closures are statements about what functions keep of the variables around them.
var closures = []string{
	"local made = {} for i = 1, 3 do made[i] = function(v) i = i + (v or 0) return i end end show(made[1](<i>), made[1](1), made[2](), made[3](<i>))",
	"do local count = <n> local function up() count = count + 1 return count end local function get() return count end show(up(), up(), get(), count) end",
	"do local made = {} for key, value in ipairs(<t>) do made[key] = function() return key, value end end for i = 1, #made do show(made[i]()) end end",
	"do local last for i = 1, 5 do local kept = i * 2 last = function() kept = kept + 1 return kept end if i == 3 then break end end show(last(), last()) end",
	"do local fs, i = {}, 1 while i <= 3 do local j = i fs[i] = function() j = j + 10 return j end i = i + 1 end show(fs[1](), fs[1](), fs[3]()) end",
	"do local fs, i = {}, 0 repeat i = i + 1 local own = i fs[i] = function() own = own + i return own end until own >= 3 show(fs[1](), fs[2](), fs[1]()) end",
	"do local function outer(p) return function(q) return function(r) p = p + 1 q = q + p return p, q, r end end end local f = outer(<n>)(<n>) show(f(<n>)) show(f(<n>)) end",
	"do local v1, v2 = <n>, <n> local function swap() v1, v2 = v2, v1 end swap() show(v1, v2) v1, v2 = v2, v1, swap() show(v1, v2) end",
	"do local v1 = <n> local f = function() v1 = v1 + 1 return v1 end local v2 v1, v2 = f(), v1 show(v1, v2) v2, v1 = v1, f() show(v1, v2) end",
	"do local v = <n> local r = {x = 1} local function g1() v = <n> r = {x = 7} return r end v, r.x = 2, g1().x show(v, r.x) end",
	"do local i, r = 1, {} i, r[i] = i + 1, <n> show(i, r[1], r[2]) end",
	"do local r = {x = <n>} local old = r r, r.x = {x = 5}, <n> show(r.x, old.x) end",
	"do local r, k = {}, 'a' r[k], k = k, 'b' show(r.a, r.b, k) r.a, r = <n>, nil show(r) end",
	"local function fact(v) if v <= 1 then return 1 end return v * fact(v - 1) end show(fact(10), fact(20))",
	"local function fib(v) return v < 2 and v or fib(v - 1) + fib(v - 2) end show(fib(10))",
	"local function loop(v, sum) if v == 0 then return sum end return loop(v - 1, sum + v) end show(loop(500, <n>))",
	"local even, odd function even(v) if v == 0 then return true end return odd(v - 1) end function odd(v) if v == 0 then return false end return even(v - 1) end show(even(9), odd(7))",
	"local gcd = function(m, n) while n ~= 0 do m, n = n, m % n end return m end show(gcd(12, 18), gcd(270, 192))",
	"do local x1, y1 = 0, 1 for _ = 1, 10 do x1, y1 = y1, x1 + y1 end show(x1, y1) end",
	"do local best, second = 0, 0 for _, v in ipairs(<t>) do if v > best then best, second = v, best end end show(best, second) end",
	"do local function va(...) local p, q = ... local t = {n = select('#', ...), ...} return t.n, p, q, t[1], (...) end show(va()) show(va(<as>)) show((va(<as>))) end",
	"do local function va(...) local p = (...) local q p = (...) q = (...) return p, q, ... end show(va(<as>)) end",
	"do local function va(p, ...) local function inner(...) return select('#', ...), ... end return inner(p, ...), inner(...) end show(va(<as>)) show(va()) end",
	"do local function va(...) p = nil local p, q, r = 1, ... p, q, r = ..., p return p, q, r end show(va(<as>)) end",
	"do local function none() end show((none())) show(none()) show(none(), none()) show({none(), none()}, #{none()}) end",
	"do local acc = {} function acc.add(self, v) self.v = (self.v or 0) + v return self end function acc:get(...) return self.v, ... end show(acc:add(<n>):add(<n>):get(<as>)) end",
	"do local a1 = {b = {c = {}}} function a1.b.c.f(v) return v end function a1.b.c:m(v) return self == a1.b.c, v end show(a1.b.c.f(<a>), a1.b.c:m(<a>)) end",
	"do local s1 = 'x' show(s1:rep(3), ('y'):rep(2), #s1:rep(<i>)) end",
	"do local t1 = {} t1[1], t1[1] = 1, 2 show(t1[1]) t1.x, t1.x, t1.x = <n>, <n> show(t1.x) end",
	"do local p, q, r = (function() return 1, 2, 3 end)() show(p, q, r) p, q, r = 0, (function() return 1, 2, 3 end)() show(p, q, r) p, q, r = (function() return 1, 2 end)(), 10 show(p, q, r) end",
}
