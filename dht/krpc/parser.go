package krpc

// parser reads the keys we know into m.
type parser struct {
	scanner
	m       *Message
	query   bool // the body is `a`, not `r`
	isError bool // there was an `e`
	twice   bool
	seen    keys
}

// once notes that a key was met.
func (p *parser) once(key keys) {
	p.twice = p.twice || p.seen&key != 0
	p.seen |= key
}

// optString reads a string, or skips a value of another type: nil.
func (p *parser) optString() []byte {
	if c := p.peek(); c < '0' || c > '9' {
		p.skip()
		return nil
	}
	return p.str()
}

// optInt reads an integer that fits an int64, or skips a value of another type.
func (p *parser) optInt() (int64, bool) {
	if p.peek() != 'i' {
		p.skip()
		return 0, false
	}
	return p.num()
}

func (p *parser) optFlag() bool {
	v, ok := p.optInt()
	return ok && v != 0
}

func (p *parser) readID(id *ID, has Fields) {
	if s := p.optString(); len(s) == IDLen {
		*id = ID(s)
		p.m.Has |= has
	}
}

func (p *parser) readBytes(field *[]byte, has Fields) {
	if s := p.optString(); s != nil {
		*field = s
		p.m.Has |= has
	}
}

// whole notes a list whose length is not a multiple of the size of its entries.
func (p *parser) whole(ok bool, has Fields) {
	if !ok {
		p.m.Bad |= has
	}
}

// readSized reads a string of exactly size bytes.
func (p *parser) readSized(field *[]byte, size int, has Fields) {
	s := p.optString()
	if len(s) != size {
		p.m.Bad |= has
		return
	}
	*field = s
	p.m.Has |= has
}

// readAny reads a string of any length.
func (p *parser) readAny(field *[]byte, has Fields) {
	p.readBytes(field, has)
	p.m.Bad |= has &^ p.m.Has
}

// readCount reads an integer from 0 to the largest int64.
func (p *parser) readCount(field *int64, has Fields) {
	v, ok := p.optInt()
	if !ok || v < 0 {
		p.m.Bad |= has
		return
	}
	*field = v
	p.m.Has |= has
}
