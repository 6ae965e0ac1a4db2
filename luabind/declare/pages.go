package declare

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Pages returns the reference as Markdown, a page for each module: every function with
// its signature, its arguments, how it fails, and an example.
func (c *Catalogue[C]) Pages() []File {
	files := []File{{startPage + ".md", c.start()}}
	for _, name := range c.pageNames() {
		p := page[C]{all: c, name: name}
		p.write()
		files = append(files, File{name + ".md", p.String()})
	}
	return files
}

// pageNames lists the pages but the first, in their order.
func (c *Catalogue[C]) pageNames() (names []string) {
	for _, t := range c.topics() {
		if !slices.Contains(names, t.page) && t.page != startPage {
			names = append(names, t.page)
		}
	}
	return names
}

// start is the first page: the introduction, the tables that have no other page, and a
// list of the others.
func (c *Catalogue[C]) start() string {
	p := page[C]{all: c, name: startPage}
	p.WriteString(c.head() + c.Intro)
	for _, t := range c.Tables {
		if t.Page == "" {
			p.table(t)
		}
	}
	p.WriteString("\n## Pages\n\n")
	for _, name := range c.pageNames() {
		fmt.Fprintf(&p, "- [%s](%s.md): %s", name, name, p.text(c.about(name)))
		for _, t := range c.topics() {
			if t.page == name && t.function != nil {
				fmt.Fprintf(&p, " [%s](%s)", t.last(), p.target(&t))
			}
		}
		p.WriteByte('\n')
	}
	return p.String()
}

// about is the first sentence of a page: of its module, or of what comes first.
func (c *Catalogue[C]) about(page string) string {
	for _, m := range c.modules() {
		if m.page() == page {
			return firstSentence(m.Text)
		}
	}
	for _, t := range c.Tables {
		if t.Page == page {
			return firstSentence(t.Text)
		}
	}
	for _, t := range c.topics() {
		if t.page == page && t.class != nil {
			return firstSentence(t.class.Text)
		}
	}
	return ""
}

// head says that a file is generated.
func (c *Catalogue[C]) head() string {
	return "<!-- Generated from the definitions: " + c.Command + " -->\n\n"
}

// page is one page of the reference.
type page[C any] struct {
	strings.Builder
	all  *Catalogue[C]
	name string
}

func (p *page[C]) write() {
	fmt.Fprintf(p, "%s# %s\n\n[All pages](%s.md)\n", p.all.head(), p.name, startPage)
	for _, m := range p.all.modules() {
		if m.page() == p.name {
			p.module(m)
		}
	}
	for _, t := range p.all.Tables {
		if t.Page == p.name {
			p.table(t)
		}
	}
	for _, t := range p.all.topics() {
		switch {
		case t.page != p.name:
		case t.options != nil:
			p.options(t.options)
		case t.class != nil && t.function == nil && t.field == nil:
			p.class(&t)
		}
	}
}

// module writes the text, the fields and the functions of a module.
func (p *page[C]) module(m *Module[C]) {
	fmt.Fprintf(p, "\n%s\n", p.text(m.Text))
	if len(m.Fields) > 0 {
		p.WriteString("\n| field | type | |\n|---|---|---|\n")
		for _, f := range m.Fields {
			p.row("`"+m.prefix()+f.Name+"`", p.typeLink(f.Type), f.Text)
		}
	}
	for i := range m.Functions {
		p.function(&topic[C]{all: p.all, name: m.prefix() + m.Functions[i].Name, module: m, function: &m.Functions[i]})
	}
}

// function writes what there is to know of a function.
func (p *page[C]) function(t *topic[C]) {
	f := t.function
	fmt.Fprintf(p, "\n## %s\n\n```lua\n%s\n```\n\n%s\n\n", t.name, f.signature(t.name), p.text(f.Text))
	var list []string
	for _, a := range f.Args {
		list = append(list, "- takes `"+strings.TrimSuffix(a.head(), " ")+"` "+join(p.typed(a.Type, a.limits()), ". ", p.text(a.Text))+"\n")
	}
	for _, a := range f.Returns {
		list = append(list, "- returns `"+strings.TrimSuffix(a.head(), " ")+"` "+join(p.typeLink(a.Type), ". ", p.text(a.Text))+"\n")
	}
	if f.Fails {
		list = append(list, "- fails: "+f.Kinds+"\n")
	}
	if f.Waits {
		list = append(list, "- waits\n")
	}
	p.WriteString(strings.Join(list, ""))
	if example := t.example(); example != "" {
		if len(list) > 0 {
			p.WriteByte('\n')
		}
		fmt.Fprintf(p, "```lua\n%s\n```\n", example)
	}
}

// typed is a type with its bounds and its default.
func (p *page[C]) typed(typ, limits string) string {
	if limits == "" {
		return p.typeLink(typ)
	}
	return p.typeLink(typ) + ", " + limits
}

// options writes a table of options, but those that it has from another one.
func (p *page[C]) options(t *OptionTable) {
	fmt.Fprintf(p, "\n## %s\n\n%s\n", t.heading(), p.text(t.Text))
	if t.Base != nil {
		fmt.Fprintf(p, "\nIt has the options of %s too.\n", p.typeLink(t.Base.Name))
	}
	rows := 0
	for i := range t.Options {
		o := &t.Options[i]
		if t.inherits(o) {
			continue
		}
		if rows++; rows == 1 {
			p.WriteString("\n| option | type | default | |\n|---|---|---|---|\n")
		}
		bounds, def, _ := strings.Cut(o.limits(), "default ")
		if def != "" {
			def = "`" + def + "`"
		}
		p.row("`"+o.Name+"`", p.typed(o.declared(), strings.TrimSuffix(bounds, ", ")), def, o.Text)
	}
}

func (p *page[C]) class(t *topic[C]) {
	fmt.Fprintf(p, "\n## %s\n\n%s\n", heading(t), p.text(t.class.Text))
	if len(t.class.Fields) > 0 && t.class.Like == "" {
		p.WriteString("\n| field | type | |\n|---|---|---|\n")
		for _, f := range t.class.Fields {
			p.row("`"+f.Name+"`", p.typeLink(f.Type), f.Text)
		}
	}
	for _, m := range t.members() {
		p.function(&m)
	}
}

func (p *page[C]) table(t *Table) {
	fmt.Fprintf(p, "\n## %s\n\n%s\n\n| %s |\n|%s\n", t.heading(), p.text(t.Text), strings.Join(t.Head, " | "), strings.Repeat("---|", len(t.Head)))
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = strings.ReplaceAll(p.linked(cell), "|", "\\|")
		}
		p.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
}

// linked is a cell with links, if it is names of topics.
func (p *page[C]) linked(cell string) string {
	var links []string
	for name := range strings.SplitSeq(cell, ", ") {
		found := p.all.exactly(name)
		if found == nil {
			return p.text(cell)
		}
		links = append(links, "[`"+name+"`]("+p.target(found)+")")
	}
	return strings.Join(links, ", ")
}

// exactly is the topic of a name that is spelt as in [Catalogue.Names], or nil.
func (c *Catalogue[C]) exactly(name string) *topic[C] {
	for _, t := range c.topics() {
		if t.name == name {
			return &t
		}
	}
	return nil
}

// row writes a row of a table; the last cell is text.
func (p *page[C]) row(cells ...string) {
	last := len(cells) - 1
	cells[last] = strings.ReplaceAll(p.text(cells[last]), "|", "\\|")
	p.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

// typeLink is a type as code, and a link if the reference has a section on it. Bars
// would end a cell of a table.
func (p *page[C]) typeLink(typ string) string {
	var links []string
	for typ != "" {
		end := topLevel(typ, '|')
		code := "`" + strings.ReplaceAll(typ[:end], "|", "` or `") + "`"
		if t := p.all.typeTopic(strings.TrimRight(typ[:end], "[]?")); t != nil {
			code = "[" + code + "](" + p.target(t) + ")"
		}
		links = append(links, code)
		typ = strings.TrimPrefix(typ[end:], "|")
	}
	return strings.Join(links, " or ")
}

// target is the address of a topic, seen from this page.
func (p *page[C]) target(t *topic[C]) string {
	file := t.page + ".md"
	if t.page == p.name {
		file = ""
	}
	if t.module != nil && t.field != nil {
		if typ := p.all.typeTopic(t.field.Type); typ != nil {
			return p.target(typ)
		}
	}
	if t.module != nil && t.function == nil { // its fields stand at the top
		if file == "" {
			file = p.name + ".md"
		}
		return file
	}
	return file + "#" + anchor(heading(t))
}

// heading is that of a topic. A module or a function may be called like a type.
func heading[C any](t *topic[C]) string {
	switch {
	case t.options != nil:
		return t.options.heading()
	case t.table != nil:
		return t.table.heading()
	case t.class != nil && t.function == nil:
		return "Type " + t.class.Name
	}
	return t.name
}

func (t *OptionTable) heading() string { return "Options " + t.Name }
func (t *Table) heading() string       { return strings.ToUpper(t.Name[:1]) + t.Name[1:] }

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

// text is a text of a definition as Markdown. Indented paragraphs are code.
func (p *page[C]) text(text string) string {
	paragraphs := strings.Split(text, "\n\n")
	for i, paragraph := range paragraphs {
		if strings.HasPrefix(paragraph, "  ") {
			paragraphs[i] = "```lua\n" + strings.ReplaceAll(strings.TrimPrefix(paragraph, "  "), "\n  ", "\n") + "\n```"
		} else {
			paragraphs[i] = p.prose(paragraph)
		}
	}
	return strings.Join(paragraphs, "\n\n")
}

// reference is a word that may be the name of a topic: one with a dot, or one behind "see".
var reference = regexp.MustCompile("`[^`]*`|[a-z]+(?:\\.[A-Za-z_]+)+(?::[a-z_]+)?|\\bsee [A-Za-z]+")

// prose makes names of topics links, and special characters plain; code in backquotes
// stays as it is.
func (p *page[C]) prose(text string) string {
	plain := strings.NewReplacer("*", "\\*", "_", "\\_", "<", "&lt;")
	var b strings.Builder
	for text != "" {
		at := reference.FindStringIndex(text)
		if at == nil {
			at = []int{len(text), len(text)}
		}
		b.WriteString(plain.Replace(text[:at[0]]))
		word := text[at[0]:at[1]]
		see, name := "", word
		if rest, ok := strings.CutPrefix(word, "see "); ok {
			see, name = "see ", rest
		}
		switch found := p.all.exactly(name); {
		case strings.HasPrefix(word, "`"):
			b.WriteString(word)
		case found != nil:
			b.WriteString(see + "[`" + name + "`](" + p.target(found) + ")")
		default:
			b.WriteString(plain.Replace(word))
		}
		text = text[at[1]:]
	}
	return b.String()
}
