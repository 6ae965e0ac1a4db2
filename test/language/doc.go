// Package language is a gate: random programs of Lua 5.1 are run by this module's engine and by
// lua5.1, PUC-Rio's own program, and must come to the same, byte for byte. What fails is reduced to
// a few lines.
//
//	go test ./test/language                                      # the check: 5000 programs of fixed seeds
//	go test ./test/language -run TestLanguage -seed 70000 -programs 100000 -timeout 1h
//	go test ./test/language -run TestLanguage -v -seed 4 -programs 1 # one program, and its text
//	go test ./test/language -run TestLanguage -report findings.txt   # every distinct finding, not only the first ten
//
// It needs lua5.1 of Debian's package of that name; without it the tests are skipped, and fail
// where CI is set.
//
// A program is a tree of nodes (node.go), which a generator makes from templates: pieces of Lua
// with holes (template.go), parsed once (parser.go). What a program can say is in the lists of
// templates: calls.go has the library, expressions.go and literals.go values, statements.go,
// assignments.go and functions.go statements, and objects.go, environments.go, errors.go and
// coroutines.go what their names say; texts.go makes programs that try many expressions, or texts
// that may not be Lua. To have the gate try something new, add a template.
//
// Both run a program behind prelude.lua, whose show prints values alike. reference.lua feeds
// programs to one process of lua5.1. outcome.go compares, but for what differences.go lists: the
// differences that are meant, each with its reason. reduce.go makes a program that fails smaller by
// changes to its tree.
//
// The files form layers, from the lowest: differences, environments, errors, lexer, node, objects,
// scope; generator, operators, outcome; coroutines, parser, reference; subject, template; calls,
// literals; expressions; functions; statements; assignments, texts; reduce; gate.
package language
