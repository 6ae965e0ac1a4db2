package syntax

// Error is why a text is not Lua.
type Error struct {
	Line    int
	Message string // as PUC-Rio's Lua 5.1 says it, without position
	Near    string // the token at which it was noticed, as it is written; "<eof>" at the end; empty if none can be named
	Hint    string // what Lua 5.1 writes instead, or empty

	early bool // more text behind the end cannot mend it
}

// Error is message, place and hint in one line.
func (e *Error) Error() string {
	text := e.Message
	if e.Near != "" {
		text += " near '" + e.Near + "'"
	}
	if e.Hint != "" {
		text += "; " + e.Hint
	}
	return text
}

// Incomplete reports whether the text is the beginning of one that is Lua.
func (e *Error) Incomplete() bool { return e.Near == string(EOF) && !e.early }
