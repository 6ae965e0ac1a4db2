package language

import "strings"

// plainStatements are statements that bring no new names.
var plainStatements = []template{
	{text: `show(<as>)`, weight: 8},
	{text: `show(<n>, <n>)`, weight: 6},
	{text: `show(<s>)`, weight: 4},
	{text: `show(<b>, <b>)`, weight: 3},
	{text: `show((<m>))`, weight: 2},
	{text: `show(<m>)`, weight: 4},
	{text: `show(<f>(<ns>))`, weight: 4},
	{text: `print(<n> + 0, not <b>, nil, "text")`, weight: 2},
	{text: `io.write(<s>, <n>, "\n")`, weight: 1},
	{text: `<f>(<ns>)`, weight: 2},
	{text: `if <b> then <block> end`, weight: 4},
	{text: `if <b> then <block> else <block> end`, weight: 3},
	{text: `if <b> then <block> elseif <b> then <block> elseif <b> then <block> else <block> end`, weight: 2},
	{text: `do <block> end`, weight: 2},
	{text: `do local step = 0 while step < 3 and <b> do step = step + 1 <block> end show(step) end`, weight: 2},
	{text: `do local step = 0 while true do step = step + 1 if step > 4 or <b> then break end <block> end end`, weight: 2},
	{text: `do local step = 0 repeat step = step + 1 local seen = <n> <block> until step >= 3 or seen > <n> show(step) end`, weight: 2},
	{text: `do local step = 3 repeat local function stop() step = step - 1 return step < 1 end <block> until stop() end`, weight: 1},
	{text: `for NAME = 1, 3 do <block> end`, weight: 3},
	{text: `for NAME = 3, 1, -1 do <block> end`, weight: 2},
	{text: `for NAME = <i>, <i> do <block> end`, weight: 1},
	{text: `for NAME = 0, 1, 0.25 do show(NAME) end`, weight: 1},
	{text: `for NAME = "1", "0x3", "1" do show(NAME) NAME = NAME * 2 show(NAME) end`, weight: 1},
	{text: `for NAME = 1, 0 do <block> end`, weight: 1},
	{text: `for NAME = 1, math.huge do if NAME > 3 then break end <block> end`, weight: 1},
	{text: `for NAME = 2, -1.5, -1.25 do show(NAME, <n>) end`, weight: 1},
	{text: `for key, value in ipairs(<t>) do show(key, value) end`, weight: 3},
	{text: `for key, value in ipairs({<as>}) do show(key, value) <block> end`, weight: 2},
	{text: `for key, value in pairs({[<n>] = <a>}) do show(key, value) end`, weight: 1},
	{text: `for key in next, {<s>} do show(key) end`, weight: 1},
	{text: `do local sum, count = 0, 0 for key, value in pairs(<r>) do count = count + 1 if type(value) == "number" then sum = sum + value end end show(sum, count) end`, weight: 1},
	{text: `for word, rest in string.gmatch(<s>, "(%w)(%w*)") do show(word, rest) end`, weight: 1},
	{text: `for word in (<s>):gmatch("%a+") do show(word) end`, weight: 1},
	{text: `do local function range(n) local i = 0 return function() i = i + 1 if i <= n then return i, i * <n> end end end for p, q in range(3) do show(p, q) end end`, weight: 1},
	{text: `for p, q, r, v in function(s, c) c = (c or 0) + 1 if c <= s then return c, s, <m> end end, 2 do show(p, q, r, v) end`, weight: 1},
	{text: `do local held = {} for p, q in function(s, c) if c < 3 then return c + 1, <n> end end, nil, 0 do held[p] = function() p = p + 1 return p, q end end show(held[1]()) show(held[3]()) show(held[1]()) end`, weight: 1},
	{text: `table.insert(<t>, 7)`, weight: 2},
	{text: `table.insert(<t>, 1, 5)`, weight: 1},
	{text: `do local list = only{<ns>} table.insert(list, #list + 1, 4) table.insert(list, 1, "1") show(#list, table.concat(list, " ")) show(table.remove(list), table.remove(list, 1), #list, table.remove({})) end`, weight: 1},
	{text: `do local list = {<s>, <s>, <s>} table.sort(list) show(unpack(list)) end`, weight: 1},
	{text: `do local list = {} for i = 1, 12 do list[i] = i * 7 % 12 end table.sort(list, function(p, q) return p > q end) show(table.concat(list, ",")) end`, weight: 1},
	{text: `do local list = {} for i = 1, 4 do list[#list + 1] = i * i end show(#list, unpack(list)) list[#list] = nil show(#list) end`, weight: 1},
	{text: `do local list = {<as>, n = 1} list.n, list.m = list.m, list.n show(list.n, list.m, list[1]) list["n"] = nil show(next({}, nil)) end`, weight: 1},
	{text: `table.foreachi(<t>, function(key, value) show(key, value) end)`, weight: 1},
	{text: `show(table.foreach({<n>}, function(key, value) return key + value end))`, weight: 1},
	{text: `show(tostring(<n>), tonumber(<s>), tonumber(<s>, 10), tonumber(" 0x1f "), tonumber("1e1"), tonumber("e1"))`, weight: 1},
	{text: `show(string.format("%q", <s>) == string.format("%q", <s>), loadstring("return " .. string.format("%q", <s>))())`, weight: 1},
	{text: `show(("x"):rep(<i>), #("ab"):rep(<i>), ("abc"):sub(<i>, <i>), ("abc"):byte(<i>, <i>))`, weight: 1},
	{text: `show(string.find(<s>, <s>, <i>, true))`, weight: 1},
	{text: `show(pcall(string.find, <s>, (<s>:gsub("%z", ""))))`, weight: 1},
	{text: `show(pcall(string.gsub, <s>, (<s>:gsub("%z", "")), <s>))`, weight: 1},
	{text: `show(pcall(string.rep, <a>, <i>), pcall(string.format, <s>, <n> + 0, (<s>:gsub("%z", ""))))`, weight: 1},
	{text: `show(pcall(string.char, <i> * 99))`, weight: 1},
	{text: `show(math.max(<n>, "7"), pcall(math.floor, <s>))`, weight: 1},
	{text: `show(<n> + "0x10", "5" * "2", 10 .. "", -"3", "1e1" ^ 2)`, weight: 1},
	{text: `show(pcall(function() return <s> + <n> end))`, weight: 2},
	{text: `show(pcall(function() return <s> < <n> end))`, weight: 1},
	{text: `show(0 / 0 ~= 0 / 0, 1 / 0, -1 / 0, math.huge == 1 / 0, 0 * -1 == 0)`, weight: 1},
	{text: `show(<n> / 0, <n> % 0, -<n> / 0, 1 / <n>, <n> % -0.5)`, weight: 1},
	{text: `show(5 % 3, -5 % 3, 5 % -3, -5 % -3, 5.5 % 2, -0.5 % 1, 2 ^ 0.5 == math.sqrt(2))`, weight: 1},
	{text: `do local zero = 0 show(-zero, 1 / -zero, zero, 0 == -zero, tostring(-zero), -zero .. "") end`, weight: 1},
	{text: `do local text = "" for i = 1, 3 do text = text .. i .. <s> end show(text, #text) end`, weight: 1},
	{text: `show(#"nul\0s", ("a\0b"):byte(1, -1), ("a\0b"):rep(2), "\65\066\0067" == "AB\0067")`, weight: 1},
}

// statement makes one of any sort.
func (g *generator) statement() *node {
	n := g.anyStatement()
	n.semicolon = g.chance(8)
	if g.chance(1) {
		n.comment = one(g, []string{"-- a line", "--[[ some\nlines ]]", "--[==[ ]] ]==]", "--[ a line", "--"})
	}
	return n
}

func (g *generator) anyStatement() *node {
	g.budget--
	g.nested++
	defer func() { g.nested-- }()
	switch g.below(24) {
	case 0, 1, 2:
		return g.localOf(one(g, []kind{number, number, number, text, boolean, array, record, loose}))
	case 3:
		return g.locals()
	case 4, 5, 6, 7:
		return g.assignment()
	case 8, 9:
		return g.localFunction()
	case 10:
		return g.scene(closures)
	case 11, 12, 13:
		return g.protected()
	case 14:
		return g.scene(objects)
	case 15:
		return g.scene(coroutines)
	case 16:
		return g.scene(environments)
	}
	return g.ordinary()
}

func (g *generator) ordinary() *node {
	for {
		t := g.weighted(plainStatements)
		nests := strings.Contains(t.text, "<block>")
		if nests && (g.nested > 3 || g.loops > 1) {
			continue
		}
		return g.only(g.statementsOf(strings.ReplaceAll(t.text, "NAME", g.newName())), t.text)
	}
}

// scene makes a scene of a list, in a block of its own, where its names do no harm.
func (g *generator) scene(list []string) *node {
	t := one(g, list)
	if g.nested > 3 && strings.Count(t, "<block>") > 0 {
		return g.ordinary()
	}
	return g.only(g.statementsOf(t), t)
}

// only makes one statement of several.
func (g *generator) only(b *node, origin string) *node {
	n := made("do", statement, []string{"", ""}, made("body", fixed, []string{"do ", " end"}, b))
	if len(b.kids) == 1 {
		n = b.kids[0]
	}
	n.origin = origin
	return n
}

// inner makes the statements of a block.
func (g *generator) inner() *node {
	last := g.last
	g.open()
	defer g.close()
	b := blockOf()
	for range g.between(1, 3) {
		if g.budget > 0 {
			b.kids = append(b.kids, g.statement())
		}
	}
	switch {
	case !last:
	case g.loops > 0 && g.chance(12):
		b.kids = append(b.kids, made("break", statement, []string{"break"}))
	case g.depth > 0 && g.chance(10):
		b.kids = append(b.kids, g.returning())
	}
	if len(b.kids) == 0 {
		b.kids = append(b.kids, g.ordinary())
	}
	return b
}

// localOf declares one local.
func (g *generator) localOf(k kind) *node {
	if k == function {
		return g.localFunction()
	}
	value := g.plain(k)
	n := g.newName()
	g.declare(variable{name: n, kind: k})
	return made("local", statement, []string{"local ", " = ", ""}, listOf(1, label(n)), listOf(1, value))
}

// locals declares several, with as many values, more, or fewer with a call at the end.
func (g *generator) locals() *node {
	names, values := listOf(1), listOf(1)
	count := g.between(2, 4)
	given := g.between(1, 4)
	var declared []variable
	for i := range max(count, given) {
		k := one(g, []kind{number, text, boolean, loose})
		if i >= given {
			k = loose
		}
		if i < given {
			values.kids = append(values.kids, g.plain(k))
		}
		if i < count {
			n := g.newName()
			names.kids = append(names.kids, label(n))
			declared = append(declared, variable{name: n, kind: k})
		}
	}
	if given < count && g.chance(70) {
		values.kids = append(values.kids, g.several())
	}
	for _, v := range declared {
		g.declare(v)
	}
	return made("several locals", statement, []string{"local ", " = ", ""}, names, values)
}

// protected makes a function called by pcall or the like, in which values of wrong kinds may lead
// to errors.
func (g *generator) protected() (n *node) {
	g.within(func() {
		g.wild = 12
		n = g.scene(protectedCalls)
	})
	return n
}
