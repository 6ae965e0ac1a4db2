package syntax

// Error says why a text is not Lua.
type Error struct {
	Line    int
	Message string // that of PUC-Rio's Lua 5.1, without position
	Near    string // the source of the token at the error; "<eof>" at the end; empty if there is no token to name
	Hint    string // how to write it in Lua 5.1, or empty

	early bool // more text at the end cannot make it right
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
