package luabind

import (
	"slices"
	"strings"
)

// catalogue lists all that a script can see of lightdht, in the order of the
// reference: the modules of this package and those of the engine.
func catalogue() []*module {
	return []*module{
		&dhtModule, &rpcModule, &idModule, &taskModule, &simModule, &globalsTopic,
		&jsonModule, &bencodeModule, &hexModule, &logModule, &ioModule, &osModule,
	}
}

// topic is one thing that somebody may look up. Of the pointers one is set, and
// of a method also its class, of a function also its module.
type topic struct {
	name     string // as scripts write it: "dht.get_peers", "dht.table:closest", "dht.WalkOptions"
	module   *module
	class    *class
	options  *optionTable
	function *function
	field    *field
}

// topics lists everything, modules before what is in them.
func topics() (all []topic) {
	for _, m := range catalogue() {
		if m.Name != "" {
			all = append(all, topic{name: m.Name, module: m})
		}
		for i := range m.Functions {
			all = append(all, topic{name: m.prefix() + m.Functions[i].Name, module: m, function: &m.Functions[i]})
		}
		for i := range m.Fields {
			all = append(all, topic{name: m.prefix() + m.Fields[i].Name, module: m, field: &m.Fields[i]})
		}
		for _, o := range m.Options {
			all = append(all, topic{name: o.Name, options: o})
		}
		for _, cl := range m.Types {
			all = append(all, topic{name: cl.Name, class: cl})
			all = append(all, cl.topics()...)
		}
	}
	return all
}

// topics lists what is in a class, without what a node has in common with dht.
func (cl *class) topics() (all []topic) {
	for i := range cl.Methods {
		if f := &cl.Methods[i]; !cl.inherits(f) {
			all = append(all, topic{name: cl.Called + ":" + f.Name, class: cl, function: f})
		}
	}
	if cl == &nodeClass {
		return all
	}
	for i := range cl.Fields {
		all = append(all, topic{name: cl.Name + "." + cl.Fields[i].Name, class: cl, field: &cl.Fields[i]})
	}
	return all
}

// inherits says whether a method is described elsewhere: most of those of a node
// are functions of dht.
func (cl *class) inherits(f *function) bool {
	return cl == &nodeClass && slices.ContainsFunc(dhtModule.Functions, func(g function) bool { return g.Name == f.Name })
}

// prefix is what stands before the names in a module: "dht.".
func (m *module) prefix() string {
	if m.Name == "" {
		return ""
	}
	return m.Name + "."
}

// last is the last part of the topic's name: "get_peers".
func (t *topic) last() string { return t.name[strings.LastIndexAny(t.name, ".:")+1:] }

// aliases are the other spellings under which the topic is found.
func (t *topic) aliases() []string {
	list := []string{t.name}
	if t.class != nil && t.function != nil {
		list = append(list, t.class.Name+"."+t.function.Name)
	}
	if t.module == &dhtModule && (t.function != nil && t.function.Name != openFunction.Name || t.field != nil) {
		list = append(list, nodeClass.Called+"."+t.last(), nodeClass.Name+"."+t.last())
	}
	return list
}

// lookUp finds the topics of a name: one if it is spelt in full, or several that
// end in it.
func lookUp(name string) (found []topic) {
	key := spelling(name)
	for _, t := range topics() {
		if slices.ContainsFunc(t.aliases(), func(a string) bool { return spelling(a) == key }) {
			return []topic{t}
		}
		if spelling(t.last()) == key {
			found = append(found, t)
		}
	}
	return found
}

// spelling is a name without what people get wrong: case, and dots for colons.
func spelling(name string) string {
	name, _, _ = strings.Cut(strings.TrimSpace(name), "(")
	return strings.ToLower(strings.ReplaceAll(name, ":", "."))
}
