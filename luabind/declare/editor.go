package declare

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Types returns what the Lua language server (LuaLS) has to know of all that a script
// can use, but what is written in Lua: that has its own annotations.
func (c *Catalogue[C]) Types() []File {
	files := []File{{"types.lua", typesHead + c.Shared}}
	for _, m := range c.Modules {
		name, _, _ := strings.Cut(m.Name, ".")
		if name == "" {
			name = "globals"
		}
		i := slices.IndexFunc(files, func(f File) bool { return f.Name == name+".lua" })
		if i < 0 {
			i = len(files)
			files = append(files, File{name + ".lua", typesHead})
		}
		files[i].Text += m.types(c.Error)
	}
	return files
}

// typesHead marks a file of definitions, which scripts cannot require.
const typesHead = "---@meta _\n-- Generated from lightdht's own definitions; never executed.\n"

// types are the definitions of a module; failure is the type of errors.
func (m *Module[C]) types(failure string) string {
	var b strings.Builder
	for _, o := range m.Options {
		o.types(&b)
	}
	for _, cl := range m.Types {
		cl.types(&b, failure)
	}
	if m.Name != "" {
		m.head(&b)
	} else {
		for _, f := range m.Fields {
			fmt.Fprintf(&b, "\n%s---@type %s\n%s = {}\n", comment(f.Text), f.Type, f.Name)
		}
	}
	for i := range m.Functions {
		m.Functions[i].types(&b, m.prefix(), failure, m.Pure)
	}
	return b.String()
}

// head declares the table of a module.
func (m *Module[C]) head(b *strings.Builder) {
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

func (t *OptionTable) types(b *strings.Builder) {
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

func (cl *Class[C]) types(b *strings.Builder, failure string) {
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
		cl.Methods[i].types(b, local+":", failure, false)
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
func (f *Function[C]) types(b *strings.Builder, prefix, failure string, pure bool) {
	fmt.Fprintf(b, "\n%s", comment(f.Text))
	if f.Waits {
		b.WriteString("---@async\n")
	}
	if f.Generic != "" {
		fmt.Fprintf(b, "---@generic %s\n", f.Generic)
	}
	var names []string
	for _, a := range f.Args {
		name := a.Name
		names = append(names, name)
		if a.Optional {
			name += "?"
		}
		fmt.Fprintf(b, "---@param %s %s\n", name, a.Type)
	}
	for _, r := range f.returnTypes(failure) {
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

// returnTypes are the results of a function. If it can fail, any may be missing, and the
// second may be the error.
func (f *Function[C]) returnTypes(failure string) []Arg {
	list := slices.Clone(f.Returns)
	if f.Fails && len(list) == 1 && list[0].Name != "..." {
		list = append(list, Arg{Name: "err", Type: failure, Optional: true})
	} else if f.Fails && len(list) > 1 {
		list[1].Type += "|" + failure
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
