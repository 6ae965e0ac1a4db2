package luabind

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lightdht/lightdht/engine"
)

// textWidth is how wide help is, in characters: a terminal's usual width.
const textWidth = 80

// Help returns the reference of a name as plain text: of a function, a method, a
// type, a field or a module, spelt as in a script ("dht.get_peers",
// "dht.table:closest", "sim") or by its last part ("get_peers"), of which all
// are listed if there are several. ok is false if there is nothing of that name.
func Help(name string) (text string, ok bool) { return HelpWithin(name, textWidth) }

// HelpWithin is [Help] with its sentences in lines of fewer than width characters;
// signatures and examples are as long as they are.
func HelpWithin(name string, width int) (text string, ok bool) {
	found := lookUp(name)
	b := page{width: width}
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

// page is a text that is as wide as somebody wants it.
type page struct {
	strings.Builder
	width int
}

// Names lists all that [Help] knows, as scripts write it.
func Names() (names []string) {
	for _, t := range topics() {
		names = append(names, t.name)
	}
	return names
}

// Nearest is the name in [Names] that was probably meant, or "". What is there in
// another part of the module comes first (dht.closest is dht.table:closest), what
// scripts write before types, and whole names before their last parts.
func Nearest(name string) string {
	var values, types, last []string
	for _, t := range topics() {
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

// firstPart of "dht.table:closest" is "dht", and lastPart "closest".
func firstPart(name string) string {
	if i := strings.IndexFunc(name, isSeparator); i >= 0 {
		return name[:i]
	}
	return name
}

func lastPart(name string) string { return name[strings.LastIndexFunc(name, isSeparator)+1:] }

func isSeparator(r rune) bool { return r == '.' || r == ':' }

// help writes all there is to know.
func (t *topic) help(b *page) {
	switch {
	case t.function != nil:
		t.functionHelp(b)
	case t.field != nil:
		fmt.Fprintf(b, "%s: %s\n\n", t.name, t.field.Type)
		b.wrap("", t.field.Text)
		if typ := typeTopic(t.field.Type); typ != nil {
			b.WriteByte('\n')
			typ.help(b)
		}
	case t.options != nil:
		fmt.Fprintf(b, "%s: a table of options\n\n", t.name)
		b.wrap("", t.options.Text)
		optionHelp(b, t.options)
	case t.class != nil:
		t.classHelp(b)
	default:
		fmt.Fprintf(b, "%s\n\n", t.name)
		b.wrap("", t.module.Text)
		t.contents(b)
	}
}

func (t *topic) functionHelp(b *page) {
	f := t.function
	b.WriteString(signature(t.name, f) + "\n\n")
	for _, a := range mustParseArgs(f.Args) {
		b.row("  takes    ", a.String())
	}
	if f.Returns != "" {
		b.row("  returns  ", results(f))
	}
	if f.Fails {
		b.row("  fails    ", failures(f))
	}
	if f.Args != "" || f.Returns != "" {
		b.WriteByte('\n')
	}
	text := f.Text
	if f.Waits {
		text += " It may block; other tasks go on meanwhile."
	}
	if t.module == &dhtModule && f.Name != openFunction.Name {
		text += " Any other node has it too: node:" + f.Name + "(...)."
	}
	b.wrap("", text)
	for _, o := range optionsOf(f) {
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

func optionHelp(b *page, t *optionTable) {
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

func (t *topic) classHelp(b *page) {
	fmt.Fprintf(b, "%s\n\n", t.name)
	b.wrap("", t.class.Text)
	fields := t.class.Fields
	if t.class == &nodeClass {
		fields = nil // they are those of dht
	}
	if len(fields) > 0 {
		b.WriteByte('\n')
	}
	for _, f := range fields {
		fmt.Fprintf(b, "  %s: %s\n", f.Name, f.Type)
		b.wrap("      ", f.Text)
	}
	t.contents(b)
}

// contents lists what is in a module or a class.
func (t *topic) contents(b *page) {
	for i, other := range t.members() {
		if i == 0 {
			b.WriteByte('\n')
		}
		other.summary(b)
	}
}

// summary is the topic in two lines or so: what it is, and the first sentence.
func (t *topic) summary(b *page) {
	title, text := t.name, ""
	switch {
	case t.function != nil:
		title, text = signature(t.name, t.function), t.function.Text
	case t.field != nil:
		title, text = t.name+": "+t.field.Type, t.field.Text
	case t.options != nil:
		text = t.options.Text
	case t.class != nil:
		text = t.class.Text
	case t.module != nil:
		text = t.module.Text
	}
	fmt.Fprintf(b, "  %s\n", title)
	b.wrap("      ", firstSentence(text))
}

func firstSentence(text string) string {
	first, _, _ := strings.Cut(text, ". ")
	return strings.TrimSuffix(first, ".") + "."
}

// wrap writes words in lines that begin with indent and fit.
func (b *page) wrap(indent, text string) {
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

// row is wrap with something before the first line.
func (b *page) row(lead, text string) {
	words := page{width: b.width}
	words.wrap(strings.Repeat(" ", len(lead)), text)
	b.WriteString(lead + words.String()[len(lead):])
}
