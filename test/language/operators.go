package language

import "strings"

// Precedences, from loose to tight, as in the manual, section 2.5.6.
const (
	orLevel = iota + 1
	andLevel
	comparisonLevel
	concatLevel
	sumLevel
	productLevel
	unaryLevel
	powerLevel
	simpleLevel // literals, functions, constructors
	prefixLevel // names, calls, indexing, parentheses: what can be called and indexed
)

// An operator is how tightly it binds, and whether a chain of it groups from the right.
type operator struct {
	level int
	right bool
}

var operators = map[string]operator{
	"or": {level: orLevel}, "and": {level: andLevel}, "<": {level: comparisonLevel}, ">": {level: comparisonLevel},
	"<=": {level: comparisonLevel}, ">=": {level: comparisonLevel}, "~=": {level: comparisonLevel}, "==": {level: comparisonLevel},
	"..": {concatLevel, true}, "+": {level: sumLevel}, "-": {level: sumLevel}, "*": {level: productLevel},
	"/": {level: productLevel}, "%": {level: productLevel}, "^": {powerLevel, true},
}

// infix makes a binary operation.
func infix(symbol string, a, b *node) *node {
	op := operators[symbol]
	need := []int{op.level, op.level + 1}
	if op.right {
		need = []int{op.level + 1, op.level}
	}
	if symbol == "^" {
		need[1] = unaryLevel // 2 ^ -x needs no parentheses
	}
	return &node{form: symbol, sort: expression, level: op.level, text: []string{"", " " + symbol + " ", ""}, need: need, kids: []*node{a, b}}
}

// prefixed makes a unary operation.
func prefixed(symbol string, a *node) *node {
	return &node{form: "unary " + strings.TrimSpace(symbol), sort: expression, level: unaryLevel, text: []string{symbol, ""}, need: []int{unaryLevel},
		kids: []*node{a}}
}
