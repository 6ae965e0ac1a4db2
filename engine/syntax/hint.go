package syntax

import "strings"

// dialect is a construct of another language, or of a later Lua, and the same in Lua 5.1.
type dialect struct{ theirs, hint string }

// operatorHints are given if one of these begins at, or just before, the token at the error. Longer
// ones come first.
var operatorHints = []dialect{
	{"..=", "Lua 5.1 has no '..=': write x = x .. y"},
	{"**", "Lua 5.1 writes x ^ y for a power"},
	{"//=", "Lua 5.1 has no '//=': write x = math.floor(x / y)"},
	{"//", "Lua 5.1 has no '//': write math.floor(x / y); comments begin with --"},
	{"/*", "Lua writes comments as -- text or --[[ text ]]"},
	{"!==", "Lua writes ~= for 'not equal'"},
	{"!=", "Lua writes ~= for 'not equal'"},
	{"===", "Lua writes == for 'equal'"},
	{"+=", "Lua 5.1 has no '+=': write x = x + y"},
	{"-=", "Lua 5.1 has no '-=': write x = x - y"},
	{"*=", "Lua 5.1 has no '*=': write x = x * y"},
	{"/=", "Lua 5.1 has no '/=': write x = x / y"},
	{"%=", "Lua 5.1 has no '%=': write x = x % y"},
	{"^=", "Lua 5.1 has no '^=': write x = x ^ y"},
	{"|=", "Lua 5.1 has no operators on bits"},
	{"&=", "Lua 5.1 has no operators on bits"},
	{"++", "Lua has no '++': write x = x + 1"},
	{"&&", "Lua writes 'and' for &&"},
	{"||", "Lua writes 'or' for ||"},
	{"<<", "Lua 5.1 has no operators on bits: write x * 2^n"},
	{">>", "Lua 5.1 has no operators on bits: write math.floor(x / 2^n)"},
	{"=>", "Lua writes function(x) ... end for a function, and {key = value} for a table"},
	{"->", "Lua writes function(x) ... end for a function"},
	{"<const>", "Lua 5.1 has no attributes: write local x = value"},
	{"<close>", "Lua 5.1 has no attributes: write local x = value"},
	{"!", "Lua writes 'not x' for !x"},
	{"~", "Lua 5.1 has no operators on bits; 'not equal' is ~="},
	{"&", "Lua 5.1 has no operators on bits; 'and' is a word"},
	{"|", "Lua 5.1 has no operators on bits; 'or' is a word"},
	{"?", "Lua has no '?': write c and x or y, or an if"},
	{"`", "Lua writes strings in \"\", '' or [[ ]]"},
}

// wordHints are given if the word is the last before the token at the error, and that is not an
// operator.
var wordHints = map[string]string{
	"import":   "Lua 5.1 has no import: write local name = require \"name\"; os, math, string and table are there already",
	"from":     "Lua 5.1 has no import: write local name = require \"name\"",
	"include":  "Lua 5.1 has no include: write local name = require \"name\"",
	"using":    "Lua 5.1 has no using: write local name = require \"name\"",
	"let":      "Lua declares a variable with local x = value",
	"var":      "Lua declares a variable with local x = value",
	"const":    "Lua declares a variable with local x = value",
	"global":   "Lua 5.1 has no global: a variable that is not local is global",
	"def":      "Lua writes function name(x) ... end",
	"fn":       "Lua writes function name(x) ... end",
	"func":     "Lua writes function name(x) ... end",
	"lambda":   "Lua writes function(x) ... end",
	"class":    "Lua 5.1 has no classes: a table with a metatable does the same",
	"continue": "Lua 5.1 has no continue: put the rest of the loop into an if, or write goto continue with ::continue:: before the end",
	"elif":     "Lua writes elseif",
	"elsif":    "Lua writes elseif",
	"switch":   "Lua has no switch: write if ... elseif ... end, or look in a table",
	"case":     "Lua has no switch: write if ... elseif ... end, or look in a table",
	"try":      "Lua has no try: write local ok, err = pcall(f)",
	"catch":    "Lua has no try: write local ok, err = pcall(f)",
	"throw":    "Lua raises an error with error(message)",
	"raise":    "Lua raises an error with error(message)",
	"print":    "Lua 5.1 calls it with brackets: print(x)",
	"foreach":  "Lua writes for k, v in pairs(t) do ... end",
	"async":    "calls block here: write them one after the other, or spawn(function() ... end)",
	"await":    "calls block here until the answer is there: leave the word out",
	"yield":    "Lua writes coroutine.yield(x)",
}

// hint is the advice for the current token, if it is a construct of another language.
func (p *parser) hint() string {
	for _, from := range []int{p.before.At, p.tok.At} {
		rest := p.text[min(from, len(p.text)):]
		for _, d := range operatorHints {
			if strings.HasPrefix(rest, d.theirs) && from+len(d.theirs) > p.tok.At {
				return d.hint
			}
		}
	}
	if h := wordHints[p.before.Text]; h != "" && p.before.Kind == Name && p.beginsOperand() {
		return h
	}
	return p.habit()
}

// beginsOperand reports whether the current token is a word, a number or a string.
func (p *parser) beginsOperand() bool {
	switch p.tok.Kind {
	case Name, Number, String, EOF:
		return true
	}
	return keywords[string(p.tok.Kind)]
}

// habit is a hint about a word or a symbol of Lua in a place where it cannot be.
func (p *parser) habit() string {
	before, at := p.before.Kind, p.tok.Kind
	switch {
	case at == ":" && before == ")":
		return "Lua begins a block with a word: if ... then, while ... do, function f(x)"
	case at == "{" && (before == "else" || before == "do" || before == "then"):
		return "Lua ends a block with end and has no braces around it"
	case at == "}" || at == "]" || at == ")":
		return ""
	case at == "=" && p.openCondition():
		return "Lua compares with =="
	case before == "else" && at == "if":
		return "Lua writes elseif"
	case at == "#" && before != EOF:
		return "Lua begins a comment with --"
	}
	return ""
}

// openCondition reports whether the line up to here begins with if, elseif, while or until.
func (p *parser) openCondition() bool {
	line := p.text[strings.LastIndexAny(p.text[:p.tok.At], "\r\n")+1 : p.tok.At]
	for _, word := range []string{"if", "elseif", "while", "until"} {
		if strings.HasPrefix(strings.TrimLeft(line, " \t"), word+" ") {
			return true
		}
	}
	return false
}
