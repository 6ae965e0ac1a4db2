package luabind

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// TypesFile is a definition file for the Lua language server (LuaLS).
type TypesFile struct {
	Name string // "dht.lua"
	Text string
}

// Types returns what an editor has to know of all that a script can use,
// generated from the definitions by which the functions are registered.
func Types() []TypesFile {
	files := []TypesFile{{"types.lua", typesHead + sharedTypes}}
	for _, m := range catalogue() {
		if top, _, nested := strings.Cut(m.Name, "."); nested {
			i := slices.IndexFunc(files, func(f TypesFile) bool { return f.Name == top+".lua" })
			files[i].Text += m.types()
			continue
		}
		name := m.Name
		if name == "" {
			name = "globals"
		}
		files = append(files, TypesFile{name + ".lua", typesHead + m.types()})
	}
	return files
}

// typesHead makes a file one that describes, and that nobody can require.
const typesHead = "---@meta _\n-- Generated from lightdht's own definitions; never executed.\n"

// sharedTypes are the types that definitions use besides those of LuaLS.
const sharedTypes = `
---40 lower-case hex digits; as an argument also 20 raw bytes.
---@alias id string

---"192.0.2.1:6881" or "[2001:db8::1]:6881".
---@alias address string

---A time or a duration, in seconds. On a simulated network it is virtual.
---@alias seconds number
`

// types are the definitions of a module.
func (m *module) types() string {
	var b strings.Builder
	for _, o := range m.Options {
		o.types(&b)
	}
	for _, cl := range m.Types {
		cl.types(&b)
	}
	if m.Name != "" {
		m.head(&b)
	} else {
		for _, f := range m.Fields {
			fmt.Fprintf(&b, "\n%s---@type %s\n%s = {}\n", comment(f.Text), f.Type, f.Name)
		}
	}
	for i := range m.Functions {
		m.Functions[i].types(&b, m.prefix(), m.pure)
	}
	return b.String()
}

// head declares the table of a module.
func (m *module) head(b *strings.Builder) {
	name := m.Name
	if !strings.Contains(name, ".") {
		name += "lib" // as LuaLS calls io's; id is another type
	}
	fmt.Fprintf(b, "\n%s---@class %s\n", comment(m.Text), name)
	for _, f := range m.Fields {
		fieldType(b, f.Name, f.Type, f.Text)
	}
	fmt.Fprintf(b, "%s = {}\n", m.Name)
}

func (t *optionTable) types(b *strings.Builder) {
	fmt.Fprintf(b, "\n%s---@class %s\n", comment(t.Text), t.Name)
	for i := range t.Options {
		o := &t.Options[i]
		text := o.Text
		if limits := o.limits(); limits != "" {
			text += " (" + limits + ")"
		}
		fieldType(b, o.Name+"?", o.declared(), text)
	}
}

func (cl *class) types(b *strings.Builder) {
	fmt.Fprintf(b, "\n%s---@class %s\n", comment(cl.Text), cl.Name)
	if key, item, ok := strings.Cut(cl.Items, ": "); ok {
		fmt.Fprintf(b, "---@field [%s] %s\n---@operator len: integer\n", key, item)
	}
	for _, f := range cl.Fields {
		name, typ := f.Name, f.Type
		if bare, ok := strings.CutSuffix(typ, "?"); ok {
			name, typ = name+"?", bare
		}
		fieldType(b, name, typ, f.Text)
	}
	if len(cl.Methods) == 0 {
		return
	}
	local := strings.ReplaceAll(cl.Name, ".", "_")
	fmt.Fprintf(b, "local %s = {}\n", local)
	for i := range cl.Methods {
		cl.Methods[i].types(b, local+":", false)
	}
}

func fieldType(b *strings.Builder, name, typ, text string) {
	fmt.Fprintf(b, "---@field %s %s", name, typ)
	if text != "" {
		b.WriteString(" # " + text)
	}
	b.WriteByte('\n')
}

// types declares a function; prefix is "dht." or "dht_Table:".
func (f *function) types(b *strings.Builder, prefix string, pure bool) {
	fmt.Fprintf(b, "\n%s", comment(f.Text))
	if f.Waits {
		b.WriteString("---@async\n")
	}
	if f.Generic != "" {
		fmt.Fprintf(b, "---@generic %s\n", f.Generic)
	}
	var names []string
	for _, a := range mustParseArgs(f.Args) {
		name := a.Name
		names = append(names, name)
		if a.Optional {
			name += "?"
		}
		fmt.Fprintf(b, "---@param %s %s\n", name, a.Type)
	}
	for _, r := range f.returnTypes() {
		fmt.Fprintf(b, "---@return %s %s\n", r.Type, r.Name)
	}
	for _, o := range f.Overloads {
		if head, method := strings.CutSuffix(prefix, ":"); method {
			o = strings.Replace(o, "fun(", "fun(self: "+strings.ReplaceAll(head, "_", ".")+", ", 1)
		}
		fmt.Fprintf(b, "---@overload %s\n", o)
	}
	if pure {
		b.WriteString("---@nodiscard\n")
	}
	fmt.Fprintf(b, "function %s%s(%s) end\n", prefix, f.Name, strings.Join(names, ", "))
}

// returnTypes are the results of a function, of which any may be missing if it
// can fail, and the second may be why.
func (f *function) returnTypes() []arg {
	list := mustParseArgs(f.Returns)
	if f.Fails && len(list) == 1 && list[0].Name != "..." {
		list = append(list, arg{Name: "err", Type: "dht.Error", Optional: true})
	} else if f.Fails && len(list) > 1 {
		list[1].Type += "|dht.Error"
	}
	for i := range list {
		if r := &list[i]; r.Optional || f.Fails && i != 1 && r.Type != "any" {
			r.Type = optionalType(r.Type)
		}
	}
	return list
}

// simpleType is a type behind which a ? means the whole of it.
var simpleType = regexp.MustCompile(`^[\w.]+(\[\])*$`)

func optionalType(typ string) string {
	if simpleType.MatchString(typ) {
		return typ + "?"
	}
	return typ + "|nil"
}

// comment is a text as the comment of what follows.
func comment(text string) string { return "---" + text + "\n" }
