package luabind

import (
	"fmt"
	"strings"
)

// Reference returns the whole reference as Markdown: every function with its
// signature, what it takes, how it fails, and an example.
func Reference() string {
	var b strings.Builder
	b.WriteString(referenceHead)
	for _, m := range catalogue() {
		fmt.Fprintf(&b, "- [%s](#%s):", m.title(), anchor(m.title()))
		for i := range m.Functions {
			name := m.prefix() + m.Functions[i].Name
			fmt.Fprintf(&b, " [%s](#%s)", m.Functions[i].Name, anchor(name))
		}
		b.WriteByte('\n')
		for _, cl := range m.Types {
			cl.index(&b)
		}
	}
	for _, m := range catalogue() {
		m.section(&b)
	}
	return b.String()
}

const referenceHead = `<!-- Generated from the definitions: go test ./luabind -run Reference -rewrite -->

# What scripts can use

Besides the base functions and the string, table, math and coroutine libraries of Lua 5.1. ` + "`lightdht help NAME`" + `
shows any part of this page in a terminal; ` + "`lightdht types DIR`" + ` tells it to your editor.

- An **id** is 40 lower-case hex digits; as an argument also 20 raw bytes. An **address** is ` + "`\"192.0.2.1:6881\"`" + ` or
  ` + "`\"[2001:db8::1]:6881\"`" + `. **Seconds** are numbers; on a simulated network they are virtual.
- ` + "`name?: type`" + ` may be left out, or may be nil. Options are a table, the last argument; an unknown one is an error.
- A function that **fails** returns nil and an error: ` + "`err.kind`" + ` is one of the words given, ` + "`tostring(err)`" + ` a sentence,
  and ` + "`assert`" + ` raises it; see [dht.Error](#type-dhterror). Wrong arguments are Lua errors at the line of the call.
- A function that **waits** blocks the task that calls it, and no other.
- In the examples, which run on a simulated network of 100 nodes, ` + "`-->`" + ` is what is printed.

**The language** is Lua 5.1: every check compares thousands of random programs with PUC-Rio's lua5.1. It differs where a
run must be repeatable or bounded, and where later versions are kinder:

- ` + "`tostring({})`" + ` counts objects in place of showing addresses; ` + "`nan`" + ` has no sign; ` + "`pairs`" + ` follows the order of insertion.
- ` + "`goto`" + ` and labels, empty statements, ` + "`load`" + ` of a string, ` + "`__len`" + ` and ` + "`__pairs`" + ` of tables, ` + "`%s`" + ` of any value in
  string.format, ` + "`assert`" + ` with any value, and further arguments of xpcall are as in Lua 5.2.
- A product or quotient of two variables that is zero has no sign; one with a minus or a literal in it has.
- A string that one library call makes has at most 16 MB, and unpack gives at most 8,000 values.

`

// title is the heading of a module's section.
func (m *module) title() string {
	if m.Name == "" {
		return "Globals"
	}
	return m.Name
}

// anchor is the link that GitHub makes of a heading.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case strings.ContainsRune(".:", r):
			return -1
		}
		return r
	}, strings.ToLower(heading))
}

// index lists the methods of a class.
func (cl *class) index(b *strings.Builder) {
	list := (&topic{class: cl}).members()
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "  - [%s](#%s):", cl.Name, anchor(cl.heading()))
	for _, t := range list {
		fmt.Fprintf(b, " [%s](#%s)", t.function.Name, anchor(t.name))
	}
	b.WriteByte('\n')
}

// heading is that of a type, which a module or a function may be called like.
func (cl *class) heading() string      { return "Type " + cl.Name }
func (t *optionTable) heading() string { return "Options " + t.Name }

func (m *module) section(b *strings.Builder) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n", m.title(), markdown(m.Text))
	if len(m.Fields) > 0 {
		b.WriteString("\n| field | type | |\n|---|---|---|\n")
		for _, f := range m.Fields {
			row(b, "`"+m.prefix()+f.Name+"`", typeLink(f.Type), f.Text)
		}
	}
	for i := range m.Functions {
		(&topic{name: m.prefix() + m.Functions[i].Name, module: m, function: &m.Functions[i]}).section(b)
	}
	for _, o := range m.Options {
		o.section(b)
	}
	for _, cl := range m.Types {
		cl.section(b)
	}
}

// section writes what there is to know of a function.
func (t *topic) section(b *strings.Builder) {
	f := t.function
	fmt.Fprintf(b, "\n### %s\n\n```lua\n%s\n```\n\n%s\n\n", t.name, signature(t.name, f), markdown(f.Text))
	var list []string
	for _, a := range mustParseArgs(f.Args) {
		list = append(list, "- takes `"+a.head()+"` "+typeLink(a.Type)+"\n")
	}
	for _, a := range mustParseArgs(f.Returns) {
		list = append(list, "- returns `"+a.head()+"` "+typeLink(a.Type)+"\n")
	}
	if f.Fails {
		list = append(list, "- fails: "+f.Kinds+"\n")
	}
	if f.Waits {
		list = append(list, "- waits\n")
	}
	b.WriteString(strings.Join(list, ""))
	if len(list) > 0 {
		b.WriteByte('\n')
	}
	fmt.Fprintf(b, "```lua\n%s\n```\n", t.example())
}

// head is the name of an argument, with what says that it may be missing.
func (a arg) head() string { return strings.TrimSuffix(a.String(), " "+a.Type) }

func (t *optionTable) section(b *strings.Builder) {
	fmt.Fprintf(b, "\n### %s\n\n%s\n\n| option | type | default | |\n|---|---|---|---|\n", t.heading(), markdown(t.Text))
	for i := range t.Options {
		o := &t.Options[i]
		bounds, def, _ := strings.Cut(o.limits(), "default ")
		typ := typeLink(o.declared())
		if bounds = strings.TrimSuffix(bounds, ", "); bounds != "" {
			typ += ", " + bounds
		}
		if def != "" {
			def = "`" + def + "`"
		}
		row(b, "`"+o.Name+"`", typ, def, o.Text)
	}
}

func (cl *class) section(b *strings.Builder) {
	fmt.Fprintf(b, "\n### %s\n\n%s\n", cl.heading(), markdown(cl.Text))
	if len(cl.Fields) > 0 && cl != &nodeClass {
		b.WriteString("\n| field | type | |\n|---|---|---|\n")
		for _, f := range cl.Fields {
			row(b, "`"+f.Name+"`", typeLink(f.Type), f.Text)
		}
	}
	for _, t := range (&topic{class: cl}).members() {
		t.section(b)
	}
}

// row is a row of a table; the last cell is text.
func row(b *strings.Builder, cells ...string) {
	last := len(cells) - 1
	cells[last] = strings.ReplaceAll(markdown(cells[last]), "|", "\\|")
	b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

// typeLink is a type as code, and a link if the reference has a section on it.
// Bars would end a cell of a table.
func typeLink(typ string) string {
	code := "`" + strings.ReplaceAll(typ, "|", "` or `") + "`"
	t := typeTopic(strings.TrimRight(typ, "[]?"))
	switch {
	case t == nil:
		return code
	case t.options != nil:
		return "[" + code + "](#" + anchor(t.options.heading()) + ")"
	case t.class != nil:
		return "[" + code + "](#" + anchor(t.class.heading()) + ")"
	case t.module == &rpcModule:
		return "[" + code + "](#" + anchor(t.name) + ")"
	}
	return code
}

// markdown is a text of a definition with its special characters made plain.
func markdown(text string) string {
	return strings.NewReplacer("*", "\\*", "_", "\\_", "<", "&lt;").Replace(text)
}
