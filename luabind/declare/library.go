package declare

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lightdht/lightdht/engine/syntax"
)

// Library reads the documentation of a module that is written in Lua: the comment at its
// top, and the comments with annotations for editors before its types and its functions.
// name is what require takes: "lightdht.census". The functions are those of the table
// that the module returns. The error says that the text is not Lua.
func Library[C any](name, text string) (*Module[C], error) {
	chunk, err := syntax.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("declare: %s: %w", name, err)
	}
	m, notes := &Module[C]{Name: name}, notesIn(text)
	m.Text = notes[1].prose()
	for _, n := range slices.SortedFunc(maps.Values(notes), func(a, b *note) int { return a.line - b.line }) {
		if cl := classOf[C](n); cl != nil {
			m.Types = append(m.Types, cl)
		}
	}
	table := returned(chunk.Body)
	for _, s := range chunk.Body.Stmts {
		if f, ok := s.(*syntax.FunctionStmt); ok && isField(f.Target, table) {
			m.Functions = append(m.Functions, functionOf[C](f, notes[f.First]))
		}
	}
	return m, nil
}

// returned is the name of the variable that a chunk returns, or "".
func returned(b *syntax.Block) string {
	if len(b.Stmts) == 0 {
		return ""
	}
	if last, ok := b.Stmts[len(b.Stmts)-1].(*syntax.Return); ok && len(last.Values) == 1 {
		if name, ok := last.Values[0].(*syntax.Ident); ok {
			return name.Name
		}
	}
	return ""
}

// isField reports whether an expression is table.name.
func isField(x syntax.Expr, table string) bool {
	index, ok := x.(*syntax.Index)
	if !ok {
		return false
	}
	of, ok := index.Object.(*syntax.Ident)
	return ok && of.Name == table
}

// note is a comment of lines that begin with three dashes.
type note struct {
	line int      // the first
	text []string // without the dashes
}

// notesIn finds the notes of a text, by the line behind them; the one at the top by 1.
func notesIn(text string) map[int]*note {
	notes, open := map[int]*note{1: {}}, (*note)(nil)
	for i, line := range strings.Split(text, "\n") {
		comment, ok := strings.CutPrefix(line, "---")
		switch {
		case ok && open == nil:
			open = &note{line: i + 1, text: []string{comment}}
		case ok:
			open.text = append(open.text, comment)
		case open != nil:
			notes[i+1] = open
			if open.line == 1 {
				notes[1] = open
				delete(notes, i+1)
			}
			open = nil
		}
	}
	return notes
}

// tagged are the lines of a note with an annotation, without it.
func (n *note) tagged(tag string) (lines []string) {
	for _, line := range n.text {
		if rest, ok := strings.CutPrefix(line, "@"+tag+" "); ok {
			lines = append(lines, rest)
		}
	}
	return lines
}

// classOf is the class that a note declares, or nil.
func classOf[C any](n *note) *Class[C] {
	names := n.tagged("class")
	if len(names) == 0 {
		return nil
	}
	cl := &Class[C]{Name: names[0], Text: n.prose()}
	if cl.Text == "" {
		cl.Text = "A table with these fields."
	}
	for _, line := range n.tagged("field") {
		a := annotation(line)
		if a.Optional {
			a.Type += "?"
		}
		cl.Fields = append(cl.Fields, Field[C]{Name: a.Name, Type: a.Type, Text: a.Text})
	}
	return cl
}

// functionOf is a function with its note, which may be nil.
func functionOf[C any](s *syntax.FunctionStmt, n *note) Function[C] {
	if n == nil {
		n = &note{}
	}
	name, _ := s.Target.(*syntax.Index).Key.(*syntax.StringLit)
	f := Function[C]{Name: name.Value, Text: n.prose()}
	for _, param := range s.Func.Params {
		a := Arg{Name: param, Type: "any"}
		for _, line := range n.tagged("param") {
			if told := annotation(line); told.Name == param {
				a = told
			}
		}
		f.Args = append(f.Args, a)
	}
	for _, line := range n.tagged("return") {
		f.Returns = append(f.Returns, result(line))
	}
	return f
}

// prose is the text of a note without annotations, in paragraphs; code keeps its lines,
// indented by two.
func (n *note) prose() string {
	var b strings.Builder
	for i, line := range n.text {
		code := strings.HasPrefix(line, "   ")
		switch {
		case strings.HasPrefix(line, "@"):
			continue
		case strings.TrimSpace(line) == "":
			b.WriteString("\n\n")
			continue
		case i > 0 && strings.TrimSpace(n.text[i-1]) != "" && code:
			b.WriteByte('\n')
		case i > 0 && strings.TrimSpace(n.text[i-1]) != "":
			b.WriteByte(' ')
		}
		if code {
			b.WriteString("  ")
		}
		b.WriteString(strings.TrimSpace(line))
	}
	return b.String()
}

// annotation reads "name? type  what it is".
func annotation(text string) Arg {
	name, rest, _ := strings.Cut(text, " ")
	a := Arg{}
	a.Name, a.Optional = strings.CutSuffix(name, "?")
	a.Type, rest = cutType(rest)
	a.Text = sentence(rest)
	return a
}

// result reads "type name  what it is".
func result(text string) Arg {
	a := Arg{Name: "result"}
	typ, rest := cutType(text)
	a.Type, a.Optional = strings.CutSuffix(typ, "?")
	if !strings.HasPrefix(rest, " ") && rest != "" {
		a.Name, rest, _ = strings.Cut(rest, " ")
	}
	a.Text = sentence(rest)
	return a
}

// cutType cuts a type off; a space within brackets, or behind a colon, belongs to it.
func cutType(text string) (typ, rest string) {
	end := topLevel(text, ' ')
	for end < len(text) && text[end-1] == ':' {
		end += 1 + topLevel(text[end+1:], ' ')
	}
	return text[:end], strings.TrimPrefix(text[end:], " ")
}

// sentence is a remark with a capital letter and a full stop.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], ".") + "."
}
