package declare

import (
	"strings"
)

// Library reads what a module that is written in Lua says of itself: the comment at its
// top, and the annotations for editors before its types and its functions. name is what
// require takes: "lightdht.census". Functions are those of the table that is called
// like the last part of the name.
func Library[C any](name, text string) *Module[C] {
	r := libraryReader[C]{module: &Module[C]{Name: name}}
	for line := range strings.Lines(text) {
		r.line(strings.TrimRight(line, "\n"))
	}
	return r.module
}

// libraryReader goes through a text line by line.
type libraryReader[C any] struct {
	module *Module[C]
	began  bool        // the comment at the top is over
	doc    []string    // lines of the comment under way
	class  *Class[C]   // declared in it
	fn     Function[C] // whose parameters and results it has
}

func (r *libraryReader[C]) line(line string) {
	comment, isComment := strings.CutPrefix(line, "---")
	switch tag, rest, _ := strings.Cut(comment, " "); {
	case !isComment:
		r.code(line)
	case tag == "@class":
		r.class = &Class[C]{Name: rest, Text: r.prose()}
		if r.class.Text == "" {
			r.class.Text = "A table with these fields."
		}
		r.module.Types = append(r.module.Types, r.class)
	case tag == "@field":
		a := annotation(rest)
		if a.Optional {
			a.Type += "?"
		}
		r.class.Fields = append(r.class.Fields, Field[C]{Name: a.Name, Type: a.Type, Text: a.Text})
	case tag == "@param":
		r.fn.Args = append(r.fn.Args, annotation(rest))
	case tag == "@return":
		r.fn.Returns = append(r.fn.Returns, result(rest))
	case !strings.HasPrefix(tag, "@"):
		r.doc = append(r.doc, comment)
	}
}

// code ends the comment before it.
func (r *libraryReader[C]) code(line string) {
	if !r.began {
		r.module.Text, r.began = r.prose(), true
	}
	table := lastPart(r.module.Name)
	if rest, ok := strings.CutPrefix(line, "function "+table+"."); ok {
		r.fn.Name, _, _ = strings.Cut(rest, "(")
		r.fn.Text = r.prose()
		r.module.Functions = append(r.module.Functions, r.fn)
	}
	r.doc, r.class, r.fn = nil, nil, Function[C]{}
}

// prose is the comment under way, in paragraphs; code keeps its lines, indented by two.
func (r *libraryReader[C]) prose() string {
	var b strings.Builder
	for i, line := range r.doc {
		code := strings.HasPrefix(line, "   ")
		line = strings.TrimSpace(line)
		switch {
		case line == "":
			b.WriteString("\n\n")
			continue
		case code:
			line = "  " + line
		}
		if i > 0 && r.doc[i-1] != "" {
			if code {
				b.WriteByte('\n')
			} else {
				b.WriteByte(' ')
			}
		}
		b.WriteString(line)
	}
	r.doc = nil
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
