package language

import (
	"slices"
	"strings"
)

// expressions is a program that evaluates many expressions, each in a chunk of its own. Operands
// are of any kind, and where that fails, it must fail in the same way.
func (g *generator) expressions() *node {
	b := blockOf()
	g.dots = false
	for range 30 {
		g.wild = 15
		g.nested = g.between(0, 2)
		n := made("expression alone", expression, []string{"", ""}, g.plain(kind(g.below(int(object)))))
		n.quote = true
		b.kids = append(b.kids, made("expression chunk", statement, []string{"value(", ")"}, n))
	}
	return b
}

// texts is a program that asks of many texts whether they are Lua. Most are Lua in which some
// tokens were changed.
func (g *generator) texts() *node {
	b := blockOf()
	for range 20 {
		b.kids = append(b.kids, made("text chunk", statement, []string{"text(", ")"}, g.text()))
	}
	return b
}

// text is a short program as a list of tokens, of which some were dropped, doubled, swapped or
// replaced.
func (g *generator) text() *node {
	g.open()
	defer g.close()
	g.budget, g.nested = 2, 2
	g.dots = g.chance(50)
	list := slices.DeleteFunc(tokenise(g.statement().String()), func(token string) bool { return token == ";" })
	start := g.below(max(1, len(list)-40))
	if len(list) > 60 {
		list = list[start : start+40]
	}
	for range g.below(3) {
		list = g.changed(list)
	}
	n := &node{form: "text", sort: tokens, quote: true}
	for _, token := range list {
		n.kids = append(n.kids, leaf("token", fixed, 0, token))
	}
	return n
}

var spareTokens = append(strings.Fields(`+ - * / % ^ # == ~= <= >= < > = ( ) { } [ ] : , . .. ... x y 1 1. 0x1F 1e 0x 1e5 3..2 08 .5. "a" 'b' "\300" "\400"
	"\q" [[a]] [==[b]=] "unfinished 'x [[ --[[ -- --[==[c]==] 1x 0xg a.b a:b != // += ! & | ~ @ $ ? \ <const> 0b1 1_000 "\x41" "\u{41}" "\z  "`), keywords...)

// changed makes one change.
func (g *generator) changed(list []string) []string {
	if len(list) == 0 {
		return []string{one(g, spareTokens)}
	}
	at := g.below(len(list))
	head, tail := list[:at:at], list[at:]
	switch g.below(5) {
	case 0:
		return append(head, tail[1:]...)
	case 1:
		return append(append(head, tail[0]), tail...)
	case 2:
		return append(append(head, one(g, spareTokens)), tail...)
	case 3:
		return append(append(head, one(g, spareTokens)), tail[1:]...)
	}
	other := g.below(len(list))
	swapped := append([]string{}, list...)
	swapped[at], swapped[other] = swapped[other], swapped[at]
	return swapped
}
