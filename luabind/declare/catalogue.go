package declare

import (
	"slices"
	"strings"
)

// Catalogue is all that scripts can use, in the order of the reference. It is for one
// goroutine, and does not change once it was asked something.
type Catalogue[C any] struct {
	Modules []*Module[C]
	Library []*Module[C] // modules written in Lua, as [Library] reads them
	Tables  []*Table     // other things to look up

	Intro   string                   // opens the reference, as Markdown
	Command string                   // what makes the reference anew, for its first line
	Shared  string                   // definitions for editors that all modules use
	Error   string                   // the type of what a function returns that has failed
	Example func(name string) string // the script that shows a function; "" if it has none

	listed []topic[C] // see topics
}

// Table is a table of the reference that describes no function: events, lifetimes.
type Table struct {
	Name, Text string     // "events"
	Page       string     // the page of the reference that has it; "" for the first one
	Head       []string   // what the columns are
	Rows       [][]string // a cell that is the name of a topic, or several with commas between them, becomes links
}

// topic is one thing to look up. One of the pointers is set; a method has its class too,
// a function its module.
type topic[C any] struct {
	all      *Catalogue[C]
	name     string // as scripts write it: "dht.get_peers", "dht.table:closest", "dht.WalkOptions"
	page     string // of the reference: "dht"
	module   *Module[C]
	class    *Class[C]
	options  *OptionTable
	function *Function[C]
	field    *Field[C]
	table    *Table
}

// modules are those of the host and of the library.
func (c *Catalogue[C]) modules() []*Module[C] { return slices.Concat(c.Modules, c.Library) }

// page is the page that a module has in the reference.
func (m *Module[C]) page() string {
	if m.Page != "" {
		return m.Page
	}
	return m.Name
}

// topics lists everything: modules before their functions, fields and types.
func (c *Catalogue[C]) topics() []topic[C] {
	if c.listed != nil {
		return c.listed
	}
	for _, m := range c.modules() {
		c.listed = append(c.listed, c.topicsOf(m)...)
	}
	for _, t := range c.Tables {
		c.listed = append(c.listed, topic[C]{all: c, name: t.Name, page: orElse(t.Page, startPage), table: t})
	}
	return c.listed
}

func (c *Catalogue[C]) topicsOf(m *Module[C]) (all []topic[C]) {
	page := m.page()
	if m.Name != "" {
		all = append(all, topic[C]{all: c, name: m.Name, page: page, module: m})
	}
	for i := range m.Functions {
		all = append(all, topic[C]{all: c, name: m.prefix() + m.Functions[i].Name, page: page, module: m, function: &m.Functions[i]})
	}
	for i := range m.Fields {
		if c.named(m.prefix()+m.Fields[i].Name) == nil { // else it is a topic itself
			all = append(all, topic[C]{all: c, name: m.prefix() + m.Fields[i].Name, page: page, module: m, field: &m.Fields[i]})
		}
	}
	for _, o := range m.Options {
		all = append(all, topic[C]{all: c, name: o.Name, page: orElse(o.Page, page), options: o})
	}
	for _, cl := range m.Types {
		page := orElse(cl.Page, page)
		all = append(all, topic[C]{all: c, name: cl.Name, page: page, class: cl})
		for _, t := range c.topicsIn(cl) {
			t.page = page
			all = append(all, t)
		}
	}
	return all
}

func orElse(page, other string) string {
	if page != "" {
		return page
	}
	return other
}

// named returns the module of a name, or nil.
func (c *Catalogue[C]) named(name string) *Module[C] {
	for _, m := range c.modules() {
		if m.Name == name && name != "" {
			return m
		}
	}
	return nil
}

// topicsIn lists what is in a class, without what it has in common with a module.
func (c *Catalogue[C]) topicsIn(cl *Class[C]) (all []topic[C]) {
	like := c.named(cl.Like)
	for i := range cl.Methods {
		if f := &cl.Methods[i]; like == nil || like.find(f.Name) == nil {
			all = append(all, topic[C]{all: c, name: cl.Called + ":" + f.Name, class: cl, function: f})
		}
	}
	if like != nil {
		return all
	}
	for i := range cl.Fields {
		all = append(all, topic[C]{all: c, name: cl.Name + "." + cl.Fields[i].Name, class: cl, field: &cl.Fields[i]})
	}
	return all
}

// members are the functions and fields of a module, or the methods of a class.
func (t *topic[C]) members() (list []topic[C]) {
	for _, other := range t.all.topics() {
		if t.class != nil && other.class == t.class && other.function != nil ||
			t.module != nil && other.module == t.module && (other.function != nil || other.field != nil) {
			list = append(list, other)
		}
	}
	return list
}

// last is the last part of the topic's name: "get_peers".
func (t *topic[C]) last() string { return lastPart(t.name) }

// twin is the class whose objects have the function or field of a module too, or nil.
func (t *topic[C]) twin() *Class[C] {
	if t.module == nil || t.function == nil && t.field == nil {
		return nil
	}
	for _, cl := range t.module.Types {
		method := func(f Function[C]) bool { return t.function != nil && f.Name == t.function.Name }
		if cl.Like == t.module.Name && cl.Like != "" && (t.field != nil || slices.ContainsFunc(cl.Methods, method)) {
			return cl
		}
	}
	return nil
}

// aliases are the other spellings under which the topic is found.
func (t *topic[C]) aliases() []string {
	list := []string{t.name}
	if twin := t.twin(); twin != nil {
		list = append(list, twin.Called+"."+t.last(), twin.Name+"."+t.last())
	}
	if t.class != nil && t.function != nil {
		list = append(list, t.class.Name+"."+t.function.Name)
	}
	if t.function != nil && slices.Contains(t.all.Library, t.module) { // as a script calls the module that it requires
		list = append(list, lastPart(t.module.Name)+"."+t.function.Name)
	}
	return list
}

// isMethod reports whether it can be called with a colon.
func (t *topic[C]) isMethod() bool {
	return t.function != nil && (t.class != nil || t.twin() != nil)
}

// exampleName is the name of the script that shows a function; "" for what is no
// function.
func (t *topic[C]) exampleName() string {
	switch {
	case t.function == nil:
		return ""
	case t.class != nil:
		return t.class.Name + "." + t.function.Name
	}
	return t.name
}

// example is the script that shows a function, or "".
func (t *topic[C]) example() string {
	if name := t.exampleName(); name != "" {
		return t.all.Example(name)
	}
	return ""
}

// lookUp finds the topics of a name: one if it is spelt in full, or several that
// end in it. A method is found whatever the object is called.
func (c *Catalogue[C]) lookUp(name string) (found []topic[C]) {
	all, key := c.topics(), spelling(name)
	for _, same := range []func(alias string) bool{
		func(alias string) bool { return alias == name },
		func(alias string) bool { return spelling(alias) == key },
	} {
		for _, t := range all {
			if slices.ContainsFunc(t.aliases(), same) {
				return []topic[C]{t}
			}
		}
	}
	variable, method, ofObject := strings.Cut(name, ":")
	if ofObject && !strings.Contains(variable, ".") {
		key = spelling(method)
	}
	for _, t := range all {
		if spelling(t.last()) == key && (t.isMethod() || !ofObject) {
			found = append(found, t)
		}
	}
	return found
}

// typeTopic is the topic of a type, or nil if it has none. A module within another one
// is the type of a field of that; the names of others may be types of another sense.
func (c *Catalogue[C]) typeTopic(typ string) *topic[C] {
	for _, t := range c.topics() {
		if t.name == typ && t.function == nil && t.field == nil && t.table == nil && (t.module == nil || strings.Contains(typ, ".")) {
			return &t
		}
	}
	return nil
}

// spelling is a name without what people get wrong: case, and dots for colons.
func spelling(name string) string {
	name, _, _ = strings.Cut(strings.TrimSpace(name), "(")
	return strings.ToLower(strings.ReplaceAll(name, ":", "."))
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

// Listing names a function, and the script that shows it.
type Listing struct {
	Name, Script string // "dht.table:closest", "dht.Table.closest"
}

// Functions lists every function and method.
func (c *Catalogue[C]) Functions() (list []Listing) {
	for _, t := range c.topics() {
		if t.function != nil {
			list = append(list, Listing{t.name, t.exampleName()})
		}
	}
	return list
}

// startPage is the first page of the reference: hosting services show it with the folder.
const startPage = "README"

// File is a generated file.
type File struct {
	Name string // "dht.md"
	Text string
}
