package syntax

import "fmt"

const (
	// maxLevels is the deepest nesting of blocks and expressions, as in Lua 5.1 (LUAI_MAXCCALLS).
	maxLevels = 200
	// maxChain is the most operators, fields and calls that an expression may join, with those of
	// the enclosing expressions (chosen by us). Lua has no such limit; here each is a level of the
	// tree, and a function that visits the tree recurs that deep.
	maxChain = 10_000
)

// Parse reads a whole text. The error is an *Error.
func Parse(text string) (*Chunk, error) {
	p, err := newParser(text)
	if err != nil {
		return nil, err
	}
	return p.parse()
}

// parser reads statements (this file and statement.go) and expressions (expression.go). It leaves
// through a panic with an *Error, which parse recovers.
type parser struct {
	scanner *Scanner
	text    string
	tok     Token // the current one
	before  Token // the one before it
	ahead   *Token
	levels  int
	chain   int
	vararg  bool // the current function takes "..."
	loops   int  // around the current place, within its function
}

func newParser(text string) (*parser, error) {
	p := &parser{scanner: NewScanner(text), text: text, vararg: true}
	var err error
	p.tok, err = p.scanner.Next()
	p.before = Token{Kind: EOF, Line: 1}
	return p, err
}

func (p *parser) parse() (chunk *Chunk, err error) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			chunk, err = nil, e
		}
	}()
	body := p.block()
	p.expect(EOF)
	return &Chunk{Body: body, Line: p.tok.Line}, nil
}

// next goes on to the next token and returns the one that was current.
func (p *parser) next() Token {
	p.before = p.tok
	if p.ahead != nil {
		p.tok, p.ahead = *p.ahead, nil
		return p.before
	}
	p.tok = p.scan()
	return p.before
}

// peek returns the token after the current one.
func (p *parser) peek() Token {
	if p.ahead == nil {
		t := p.scan()
		p.ahead = &t
	}
	return *p.ahead
}

func (p *parser) scan() Token {
	t, err := p.scanner.Next()
	if err != nil {
		panic(err)
	}
	return t
}

func (p *parser) at(kind Kind) bool { return p.tok.Kind == kind }

// accept passes the current token if it is of this kind.
func (p *parser) accept(kind Kind) bool {
	if p.tok.Kind != kind {
		return false
	}
	p.next()
	return true
}

// expect passes a token that must be there.
func (p *parser) expect(kind Kind) {
	if !p.at(kind) {
		p.fail(quoted(kind) + " expected")
	}
	if kind != EOF {
		p.next()
	}
}

// close passes the token that ends a construct which opener began on a line.
func (p *parser) close(kind, opener Kind, line int) {
	if p.accept(kind) {
		return
	}
	if line == p.tok.Line {
		p.fail(quoted(kind) + " expected")
	}
	p.fail(fmt.Sprintf("%s expected (to close %s at line %d)", quoted(kind), quoted(opener), line))
}

func (p *parser) name() string {
	if !p.at(Name) {
		p.fail("'<name>' expected")
	}
	return p.next().Text
}

// quoted is a kind of token in messages.
func quoted(kind Kind) string { return "'" + string(kind) + "'" }

// fail ends the parsing at the current token.
func (p *parser) fail(message string) {
	near := shown(p.text[p.tok.At:p.tok.End])
	if p.tok.Kind == EOF {
		near = string(EOF)
	}
	panic(&Error{Line: p.tok.Line, Message: message, Near: near, Hint: p.hint()})
}

// enter goes one level deeper; leave comes back.
func (p *parser) enter() {
	if p.levels++; p.levels > maxLevels {
		panic(&Error{Line: p.tok.Line, Message: "chunk has too many syntax levels",
			Hint: fmt.Sprintf("blocks, brackets and right-associative operators nest at most %d deep", maxLevels)})
	}
}

func (p *parser) leave() { p.levels-- }

// link counts one more operator, field or call of a chain.
func (p *parser) link() {
	if p.chain++; p.chain > maxChain {
		panic(&Error{Line: p.tok.Line, Message: fmt.Sprintf("expression too long: it joins more than %d operators, fields and calls", maxChain)})
	}
}
