package sim

import (
	_ "embed" // for doc.go
	"strings"
)

//go:embed doc.go
var doc string

// Describe returns the model, its defaults and their sources, as plain text in lines of at most 80
// characters. It is that part of the package comment.
func Describe() string {
	_, comment, _ := strings.Cut(doc, "// # The model")
	comment, _, _ = strings.Cut("// # The model"+comment, "\npackage sim")
	var b strings.Builder
	for line := range strings.Lines(comment) {
		line = strings.TrimPrefix(strings.TrimPrefix(line, "//"), " ")
		b.WriteString(strings.NewReplacer("# ", "", "[", "", "]", "").Replace(line))
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}
