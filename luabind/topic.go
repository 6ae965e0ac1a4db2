package luabind

import (
	"cmp"
	"slices"
	"strings"
)

// catalogue lists all that a script can see of lightdht, in the order of the
// reference: the modules of this package and those of the engine.
func catalogue() []*module {
	list := []*module{&taskModule, &ioModule, &osModule, &packageModule, &debugModule, &globalsTopic}
	for _, m := range New(Options{}).modules() {
		if m != &globals { // they are in globalsTopic
			list = append(list, m)
		}
	}
	slices.SortStableFunc(list, func(a, b *module) int { return cmp.Compare(a.place(), b.place()) })
	return list
}

// places are where the reference has a module; those that are not named come
// before io.
var places = []string{"dht", "dht.rpc", "id", "key", "task", "sim", "", "json", "bencode", "hex", "log"}

func (m *module) place() int {
	switch i := slices.Index(places, m.Name); {
	case i >= 0:
		return i
	case m == &ioModule || m == &osModule || m == &packageModule || m == &debugModule:
		return len(places) + 1
	}
	return len(places)
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
			if m.Fields[i].Type != rpcModule.Name { // that is a topic itself
				all = append(all, topic{name: m.prefix() + m.Fields[i].Name, module: m, field: &m.Fields[i]})
			}
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

// members are the functions and fields of a module, or the methods of a class.
func (t *topic) members() (list []topic) {
	for _, other := range topics() {
		if t.class != nil && other.class == t.class && other.function != nil ||
			t.module != nil && other.module == t.module && (other.function != nil || other.field != nil) {
			list = append(list, other)
		}
	}
	return list
}

// prefix is what stands before the names in a module: "dht.".
func (m *module) prefix() string {
	if m.Name == "" {
		return ""
	}
	return m.Name + "."
}

// last is the last part of the topic's name: "get_peers".
func (t *topic) last() string { return lastPart(t.name) }

// aliases are the other spellings under which the topic is found.
func (t *topic) aliases() []string {
	list := []string{t.name}
	switch {
	case t.class != nil && t.function != nil:
		list = append(list, t.class.Name+"."+t.function.Name)
	case t.isMethod() || t.field != nil && t.module == &dhtModule:
		list = append(list, nodeClass.Called+"."+t.last(), nodeClass.Name+"."+t.last())
	}
	return list
}

// isMethod says whether it can be called with a colon.
func (t *topic) isMethod() bool {
	return t.function != nil && (t.class != nil || t.module == &dhtModule && t.function.Name != openFunction.Name)
}

// lookUp finds the topics of a name: one if it is spelt in full, or several that
// end in it. A method is found whatever the object is called.
func lookUp(name string) (found []topic) {
	all, key := topics(), spelling(name)
	for _, same := range []func(alias string) bool{
		func(alias string) bool { return alias == name },
		func(alias string) bool { return spelling(alias) == key },
	} {
		for _, t := range all {
			if slices.ContainsFunc(t.aliases(), same) {
				return []topic{t}
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

// typeTopic is the topic of a type, or nil if it has none.
func typeTopic(typ string) *topic {
	for _, t := range topics() {
		if t.name == typ && t.function == nil && t.field == nil {
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
