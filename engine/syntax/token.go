package syntax

// Kind is the kind of a token: one of the constants below, or else the token's own text, as "while"
// or "==".
type Kind string

// The kinds of token that have more than one spelling, and the end of the text.
const (
	EOF    Kind = "<eof>"
	Name   Kind = "<name>"
	Number Kind = "<number>"
	String Kind = "<string>"
)

// Token is one word, number, string or symbol of a text.
type Token struct {
	Kind    Kind
	Text    string // of a name, or the value of a string; else empty
	Line    int    // on which the token ends, from 1; a long string has several
	At, End int    // its bytes in the text: text[At:End]
}

var keywords = map[string]bool{
	"and": true, "break": true, "do": true, "else": true, "elseif": true, "end": true, "false": true, "for": true,
	"function": true, "if": true, "in": true, "local": true, "nil": true, "not": true, "or": true, "repeat": true,
	"return": true, "then": true, "true": true, "until": true, "while": true,
}

// IsKeyword reports whether a word is reserved.
func IsKeyword(word string) bool { return keywords[word] }

// IsName reports whether a text is a name: a letter or an underscore, then letters, digits and
// underscores, and no keyword.
func IsName(text string) bool {
	for i := range len(text) {
		if !isLetter(text[i]) && (i == 0 || !isDigit(text[i])) {
			return false
		}
	}
	return text != "" && !keywords[text]
}

func isLetter(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
