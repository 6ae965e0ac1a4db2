package language

import (
	"slices"
	"strings"
	"testing"
)

// fixedSeeds is how many programs the check runs.
const fixedSeeds = 5000

// productions are those of the grammar in the manual's section 8, with the forms in which they can
// be written.
var productions = strings.Fields(`
	do while repeat if elseif numeric_for generic_for function_statement method_statement local_function local
	local_without_a_value several_locals return tail_call break assignment multiple_assignment call_statement
	function call method_call call_with_one_literal field index parentheses name ... nil true false boolean numeral
	string_in_single_quotes string_in_double_quotes long_string constructor item_with_a_key item_with_a_name
	+ - * / % ^ .. == ~= < <= > >= and or unary_- unary_not unary_#
	expression_chunk text_chunk token new_element field_of_a_call long_constructor global`)

// library are the functions that a program of Lua 5.1 finds and a script of lightdht has.
var library = strings.Fields(`
	assert collectgarbage error getfenv getmetatable ipairs load loadstring next pairs pcall print rawequal rawget rawset
	select setfenv setmetatable tonumber tostring type unpack xpcall _G _VERSION
	coroutine.create coroutine.resume coroutine.running coroutine.status coroutine.wrap coroutine.yield
	string.byte string.char string.find string.format string.gmatch string.gsub string.len string.lower string.match
	string.rep string.reverse string.sub string.upper
	table.concat table.foreach table.foreachi table.getn table.insert table.maxn table.remove table.sort
	math.abs math.ceil math.cos math.deg math.exp math.floor math.fmod math.frexp math.huge math.ldexp math.log math.log10
	math.max math.min math.mod math.modf math.pi math.pow math.rad math.random math.sin math.sqrt
	io.write os.clock os.date os.difftime os.time
	__add __sub __mul __div __mod __pow __unm __concat __eq __lt __le __index __newindex __call __tostring __metatable __mode
	%q %s %d %i %5.1f %g %G %e %x %X %o %c %u %b() %f[`)

func TestSameSeedSameProgram(t *testing.T) {
	for seed := range uint64(50) {
		if a, b := program(seed).String(), program(seed).String(); a != b {
			t.Fatalf("seed %d gives two programs:\n%s\n\n%s", seed, a, b)
		}
	}
	if program(1).String() == program(2).String() {
		t.Error("two seeds give the same program")
	}
}

// TestCoverage: the programs of the check contain every production, every template and every
// library function, and are of the size that finds things.
func TestCoverage(t *testing.T) {
	if checked < fixedSeeds {
		t.Skip("the race detector has nothing to find in a generator that runs alone")
	}
	seen := map[string]int{}
	var all strings.Builder
	for seed := range uint64(fixedSeeds) {
		p := program(seed)
		p.walk(func(n *node) {
			seen[strings.ReplaceAll(n.form, " ", "_")]++
			seen[n.origin]++
		})
		all.WriteString(p.String())
		all.WriteByte('\n')
	}
	for _, form := range productions {
		if seen[form] < 10 {
			t.Errorf("%s occurs %d times", form, seen[form])
		}
	}
	for _, text := range templates() {
		if seen[text] == 0 && seen[strings.ReplaceAll(text, "NAME", names[0])] == 0 {
			t.Errorf("template not used: %s", text)
		}
	}
	everything := all.String()
	for _, name := range library {
		if !strings.Contains(everything, name) {
			t.Errorf("%s does not occur", name)
		}
	}
	if lines := strings.Count(everything, "\n") / fixedSeeds; lines < 30 || lines > 120 {
		t.Errorf("a program has %d lines", lines)
	}
}

// templates is every template there is, as a program's node knows it.
func templates() (list []string) {
	for _, t := range slices.Concat(calls, operations, plainStatements) {
		list = append(list, t.text)
	}
	return slices.Concat(list, closures, objects, coroutines, environments, protectedCalls, multiple, yields)
}

// TestPrograms: nearly all programs run to their end in lua5.1, and none for long.
func TestPrograms(t *testing.T) {
	_, want, err := newGate(t).make()
	if err != nil {
		t.Fatal(err)
	}
	endings := map[string]int{}
	const count = 500
	for seed := range uint64(count) {
		o := want.run(program(seed).String())
		endings[o.ending]++
		if o.output == "" {
			endings["silent"]++
		}
	}
	if endings["done"] < count*9/10 || endings["limit"] > 0 || endings["syntax"] > 0 || endings["silent"] > count/50 {
		t.Errorf("of %d programs: %v", count, endings)
	}
}

// TestPrinting: what is read and printed means the same, whatever stands where.
func TestPrinting(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{"x = (1 + 2) * 3", "x = (1 + 2) * 3"},
		{"x = -(-y)", "x = -(-y)"},
		{"x = - -y", "x = - -y"},
		{"x = (a .. b) .. c", "x = (a .. b) .. c"},
		{"x = 2 ^ -3 ^ 4", "x = 2 ^ -3 ^ 4"},
		{"x = not (a == b)", "x = not (a == b)"},
		{"x = t[ [[k]] ]", "x = t[ [[k]]]"},
		{"f() ; (g or h)()", "f();\n(g or h)()"},
		{"if a then b() elseif c then d() else e() end", "if a then b() elseif c then d() else e() end"},
		{"function a.b:c(...) return ... end", "function a.b:c(...) return ... end"},
		{"for i = 1, 2 do end", "for i = 1, 2 do end"},
	} {
		if got := parse(c.source).String(); got != c.want {
			t.Errorf("%s is printed as %s, not %s", c.source, got, c.want)
		}
	}
	for _, c := range []struct {
		tree *node
		want string
	}{
		{infix("*", infix("+", name("a"), name("b")), name("c")), "(a + b) * c"},
		{infix("+", name("a"), infix("+", name("b"), name("c"))), "a + (b + c)"},
		{infix("..", name("a"), infix("..", name("b"), name("c"))), "a .. b .. c"},
		{infix("^", prefixed("-", name("a")), name("b")), "(-a) ^ b"},
		{prefixed("-", infix("^", name("a"), name("b"))), "-a ^ b"},
		{prefixed("-", prefixed("-", name("a"))), "- -a"},
	} {
		if got := c.tree.String(); got != c.want {
			t.Errorf("printed as %s, not %s", got, c.want)
		}
	}
}
