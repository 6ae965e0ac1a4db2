package declare

import (
	"strings"
)

// lines is a text for a terminal of a certain width, in characters.
type lines struct {
	strings.Builder
	width int
}

// wrap writes words in lines that begin with indent and fit.
func (b *lines) wrap(indent, text string) {
	line := indent
	for word := range strings.FieldsSeq(text) {
		if len(line) > len(indent) && len(line)+len(word) >= b.width {
			b.WriteString(line + "\n")
			line = indent
		}
		if len(line) > len(indent) {
			line += " "
		}
		line += word
	}
	if line != indent {
		b.WriteString(line + "\n")
	}
}

// paragraphs is wrap for a text with empty lines in it. Indented paragraphs are code,
// which stays as it is.
func (b *lines) paragraphs(text string) {
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		if strings.HasPrefix(paragraph, " ") {
			b.WriteString(paragraph + "\n")
		} else {
			b.wrap("", paragraph)
		}
	}
}

// row is wrap with something before the first line.
func (b *lines) row(lead, text string) {
	words := lines{width: b.width}
	words.wrap(strings.Repeat(" ", len(lead)), text)
	b.WriteString(lead + words.String()[len(lead):])
}
