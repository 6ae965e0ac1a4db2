package declare

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lightdht/lightdht/engine"
)

// Help returns the reference of a name as plain text: of a function, a method, a type,
// a field, a module or a table, spelt as in a script ("dht.get_peers",
// "dht.table:closest", "sim") or by its last part ("get_peers"), of which all are
// listed if there are several. Sentences are in lines of fewer than width characters;
// signatures and examples are as long as they are. ok is false if there is nothing of
// that name.
func (c *Catalogue[C]) Help(name string, width int) (text string, ok bool) {
	found := c.lookUp(name)
	b := lines{width: width}
	switch {
	case len(found) == 0:
		return "", false
	case len(found) == 1:
		found[0].help(&b)
	default:
		fmt.Fprintf(&b, "%s is one of these:\n\n", found[0].last())
		for _, t := range found {
			t.summary(&b)
		}
	}
	return b.String(), true
}

// Names lists all that [Catalogue.Help] knows, as scripts write it.
func (c *Catalogue[C]) Names() (names []string) {
	for _, t := range c.topics() {
		names = append(names, t.name)
	}
	return names
}

// Nearest is the name in [Catalogue.Names] that was probably meant, or "". A name in
// another part of the same module comes first (dht.closest is dht.table:closest), then
// names that scripts write, types, and last parts of names.
func (c *Catalogue[C]) Nearest(name string) string {
	var values, types, last []string
	for _, t := range c.topics() {
		if t.last() == lastPart(name) && firstPart(t.name) == firstPart(name) {
			return t.name
		}
		if t.class != nil && t.function == nil || t.options != nil {
			types = append(types, t.name)
			continue
		}
		values = append(values, t.name)
		last = append(last, t.last())
	}
	if near := cmp.Or(engine.Nearest(name, values), engine.Nearest(name, types)); near != "" {
		return near
	}
	near := engine.Nearest(lastPart(name), last)
	i := slices.Index(last, near)
	if i < 0 {
		return ""
	}
	return values[i]
}

// help writes all there is to know.
func (t *topic[C]) help(b *lines) {
	switch {
	case t.function != nil:
		t.functionHelp(b)
	case t.field != nil:
		fmt.Fprintf(b, "%s: %s\n\n", t.name, t.field.Type)
		b.wrap("", t.field.Text)
		if typ := t.all.typeTopic(t.field.Type); typ != nil {
			b.WriteByte('\n')
			typ.help(b)
		}
	case t.options != nil:
		fmt.Fprintf(b, "%s: a table of options\n\n", t.name)
		b.wrap("", t.options.Text)
		optionHelp(b, t.options)
	case t.class != nil:
		t.classHelp(b)
	case t.table != nil:
		t.table.help(b)
	default:
		fmt.Fprintf(b, "%s\n\n", t.name)
		b.paragraphs(t.module.Text)
		t.contents(b)
		t.typesOf(b)
	}
}

func (t *topic[C]) functionHelp(b *lines) {
	f := t.function
	b.WriteString(f.signature(t.name) + "\n\n")
	for _, a := range f.Args {
		text := a.String()
		if limits := a.limits(); limits != "" {
			text += " (" + limits + ")"
		}
		b.row("  takes    ", join(text, ". ", a.Text))
	}
	f.returnsHelp(b)
	if f.Fails {
		b.row("  fails    ", f.failures())
	}
	if len(f.Args) > 0 || len(f.Returns) > 0 {
		b.WriteByte('\n')
	}
	text := f.Text
	if f.Waits {
		text += " It may block; other tasks go on meanwhile."
	}
	if twin := t.twin(); twin != nil {
		text += fmt.Sprintf(" Any other %s has it too: %s:%s(...).", twin.Called, twin.Called, f.Name)
	}
	b.paragraphs(text)
	for _, o := range f.options() {
		fmt.Fprintf(b, "\n%s\n", o.Name)
		optionHelp(b, o)
	}
	if example := t.example(); example != "" {
		b.WriteString("\nexample\n")
		for line := range strings.SplitSeq(example, "\n") {
			b.WriteString(strings.TrimRight("  "+line, " ") + "\n")
		}
	}
}

// returnsHelp names the results: on one line, unless there is more to say of them.
func (f *Function[C]) returnsHelp(b *lines) {
	if len(f.Returns) == 0 {
		return
	}
	if !slices.ContainsFunc(f.Returns, func(a Arg) bool { return a.Text != "" }) {
		b.row("  returns  ", f.results())
		return
	}
	for _, a := range f.Returns {
		b.row("  returns  ", join(a.String(), ". ", a.Text))
	}
}

// join puts a mark between two texts if there are two.
func join(text, mark, more string) string {
	if more == "" {
		return text
	}
	return text + mark + more
}

// failures says how a function fails that can.
func (f *Function[C]) failures() string { return "nil, err: " + f.Kinds }

func optionHelp(b *lines, t *OptionTable) {
	for i := range t.Options {
		o := &t.Options[i]
		limits := o.limits()
		if limits != "" {
			limits = " (" + limits + ")"
		}
		fmt.Fprintf(b, "  %s: %s%s\n", o.Name, o.declared(), limits)
		b.wrap("      ", o.Text)
	}
}

func (t *topic[C]) classHelp(b *lines) {
	fmt.Fprintf(b, "%s\n\n", t.name)
	b.paragraphs(t.class.Text)
	if t.class.Like == "" { // else they are told there
		for i, f := range t.class.Fields {
			if i == 0 {
				b.WriteByte('\n')
			}
			fmt.Fprintf(b, "  %s: %s\n", f.Name, f.Type)
			b.wrap("      ", f.Text)
		}
	}
	t.contents(b)
}

// help writes each row of a table as a paragraph.
func (t *Table) help(b *lines) {
	fmt.Fprintf(b, "%s\n\n", t.Name)
	b.wrap("", t.Text)
	for _, row := range t.Rows {
		fmt.Fprintf(b, "\n  %s\n", row[0])
		for i, cell := range row[1:] {
			if head := t.Head[i+1]; head != "" && cell != "" {
				cell = head + ": " + cell
			}
			b.wrap("      ", cell)
		}
	}
}

// contents lists what is in a module or a class.
func (t *topic[C]) contents(b *lines) {
	for i, other := range t.members() {
		if i == 0 {
			b.WriteByte('\n')
		}
		other.summary(b)
	}
}

// typesOf lists the types of a module that is written in Lua: what others return is
// named where it is returned.
func (t *topic[C]) typesOf(b *lines) {
	if !slices.Contains(t.all.Library, t.module) {
		return
	}
	for _, cl := range t.module.Types {
		b.WriteByte('\n')
		(&topic[C]{all: t.all, name: cl.Name, class: cl}).classHelp(b)
	}
}

// summary is the topic in two lines or so: what it is, and the first sentence.
func (t *topic[C]) summary(b *lines) {
	title, text := t.name, ""
	switch {
	case t.function != nil:
		title, text = t.function.signature(t.name), t.function.Text
	case t.field != nil:
		title, text = t.name+": "+t.field.Type, t.field.Text
	case t.options != nil:
		text = t.options.Text
	case t.class != nil:
		text = t.class.Text
	case t.table != nil:
		text = t.table.Text
	case t.module != nil:
		text = t.module.Text
	}
	fmt.Fprintf(b, "  %s\n", title)
	if text != "" {
		b.wrap("      ", firstSentence(text))
	}
}

func firstSentence(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	first, _, _ = strings.Cut(first, ". ")
	if strings.HasSuffix(first, "?") {
		return first
	}
	return strings.TrimSuffix(first, ".") + "."
}
