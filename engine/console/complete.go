package console

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/reeflective/readline"

	"github.com/lightdht/lightdht/engine"
)

// completions are the ways to continue a line.
type completions struct {
	word  string // the text before the cursor that is replaced
	items []completion
}

// completion replaces the word.
type completion struct {
	text string
	show string // in the menu; "": text
	kind string // its heading
}

const (
	// maxCompletions is how many are offered at once (chosen by us).
	maxCompletions = 200
	// leastHex is the number of digits from which a string is taken for the beginning of an id
	// (chosen by us).
	leastHex = 1
	// completionTime is how long a completion waits for the baton (chosen by us).
	completionTime = 300 * time.Millisecond
)

// keywords of Lua.
var keywords = strings.Fields("and break do else elseif end false for function goto if in local nil not or repeat return then true until while")

// complete finds the ways to continue a line at the cursor. It is called on the editor's goroutine.
// It looks up values on the baton, raw, so that no code of a script runs.
func (c *Console) complete(line string, at int) completions {
	head := line[:at]
	if isCommand(head) && !strings.HasPrefix(head, ":bg ") && !strings.HasPrefix(head, ":time ") {
		return c.completeCommand(head)
	}
	if text, ok := openString(head); ok {
		return c.onBatonSoon(func() completions { return c.completeID(text) })
	}
	return c.onBatonSoon(func() completions { return c.completeName(head) })
}

// onBatonSoon runs f on the baton, unless a task keeps it for too long.
func (c *Console) onBatonSoon(f func() completions) completions {
	found := make(chan completions, 1)
	c.engine.Post(func() { found <- f() })
	select {
	case list := <-found:
		return list
	case <-time.After(completionTime):
		return completions{}
	}
}

// completeCommand completes the name of a command, or its argument.
func (c *Console) completeCommand(head string) completions {
	name, arg, ok := strings.Cut(strings.TrimLeft(head, " "), " ")
	list := completions{word: name}
	if !ok {
		for _, cmd := range c.commands() {
			list.add(":"+cmd.Name, "", "commands")
		}
		return list
	}
	list.word = strings.TrimLeft(arg, " ")
	switch {
	case name == ":help" && c.o.Names != nil:
		for _, n := range c.o.Names() {
			list.add(n, "", "reference")
		}
	case name == ":load" || name == ":save":
		list.files()
	}
	return list
}

// files adds the files that the word may be the beginning of.
func (l *completions) files() {
	dir, _ := filepath.Split(l.word)
	found, _ := os.ReadDir(filepath.Join(".", dir))
	if filepath.IsAbs(dir) {
		found, _ = os.ReadDir(dir)
	}
	for _, f := range found {
		name := dir + f.Name()
		if f.IsDir() {
			name += string(filepath.Separator)
		}
		if !strings.HasPrefix(f.Name(), ".") {
			l.add(name, "", "files")
		}
	}
}

// completeID completes an id in a string.
func (c *Console) completeID(text string) completions {
	list := completions{word: text}
	if c.o.Look == nil || len(text) < leastHex || len(text) > idLen || strings.Trim(text, "0123456789abcdef") != "" {
		return list
	}
	for _, id := range c.o.Look.IDs(text, maxCompletions) {
		list.add(id, "", "nodes")
	}
	return list
}

// completeName completes a global, a local, a field or a method.
func (c *Console) completeName(head string) completions {
	start := len(head)
	for start > 0 && (isNameByte(head[start-1]) || head[start-1] == '.' || head[start-1] == ':') {
		start--
	}
	path := head[start:]
	list := completions{word: path}
	cut := strings.LastIndexAny(path, ".:")
	if cut < 0 {
		for _, name := range c.scope.Names() {
			list.add(name, "", "locals")
		}
		c.addKeys(&list, c.engine.Global("_G"), "", "globals")
		for _, k := range keywords {
			list.add(k, "", "keywords")
		}
		return list
	}
	v, ok := c.resolve(path[:cut])
	if !ok {
		return list
	}
	c.addMembers(&list, v, path[:cut+1], path[cut] == ':')
	return list
}

func isNameByte(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// resolve finds the value of a path such as "dht.table", through plain tables only.
func (c *Console) resolve(path string) (lua.LValue, bool) {
	names := strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == ':' })
	if len(names) == 0 {
		return lua.LNil, false
	}
	v, ok := c.scope.Get(names[0])
	if !ok {
		v = c.engine.Global(names[0])
	}
	for _, name := range names[1:] {
		t, isTable := v.(*lua.LTable)
		if !isTable {
			return lua.LNil, false
		}
		v = t.RawGetString(name)
	}
	return v, v != lua.LNil
}

// addMembers adds the members of a value: after a colon its methods only.
func (c *Console) addMembers(list *completions, v lua.LValue, prefix string, colon bool) {
	switch v := v.(type) {
	case *lua.LTable:
		c.addKeys(list, v, prefix, "fields")
		if mt, ok := v.Metatable.(*lua.LTable); ok {
			if index, ok := mt.RawGetString("__index").(*lua.LTable); ok {
				c.addKeys(list, index, prefix, "fields")
			}
		}
		return
	case lua.LString:
		if lib, ok := c.engine.Global("string").(*lua.LTable); ok && colon {
			c.addKeys(list, lib, prefix, "methods")
		}
		return
	}
	var fields, methods []string
	if ud, ok := v.(*lua.LUserData); ok {
		if _, ok := ud.Value.(*engine.Task); ok {
			methods = []string{"cancel", "status", "wait"}
		}
	}
	if c.o.Look != nil && methods == nil {
		fields, methods = c.o.Look.Members(v)
	}
	names, kind := fields, "fields"
	if colon {
		names, kind = methods, "methods"
	}
	for _, name := range names {
		list.add(prefix+name, name, kind)
	}
}

// addKeys adds the keys of a table that are names; after a colon, of functions only.
func (c *Console) addKeys(list *completions, v lua.LValue, prefix, kind string) {
	t, ok := v.(*lua.LTable)
	if !ok {
		return
	}
	for k, value := range entries(t) {
		name, ok := k.(lua.LString)
		if !ok || !isName(string(name)) || strings.HasSuffix(prefix, ":") && value.Type() != lua.LTFunction {
			continue
		}
		list.add(prefix+string(name), string(name), kind)
	}
}

// add adds a completion if the word is a prefix of it.
func (l *completions) add(text, show, kind string) {
	if !strings.HasPrefix(text, l.word) || len(l.items) >= maxCompletions {
		return
	}
	if slices.ContainsFunc(l.items, func(c completion) bool { return c.text == text }) {
		return
	}
	l.items = append(l.items, completion{text, show, kind})
}

// forReadline is the list in the form of the editor. head is the line before the cursor: the editor
// takes an empty word for the whole word before it, so head is put before every choice.
func (l completions) forReadline(head string) readline.Completions {
	before := ""
	if l.word == "" {
		before = head[strings.LastIndexAny(head, " \n\t")+1:]
	}
	var raw []readline.Completion
	for _, item := range l.items {
		show := item.show
		if show == "" {
			show = item.text
		}
		raw = append(raw, readline.Completion{Value: before + item.text, Display: show, Tag: item.kind})
	}
	list := readline.CompleteRaw(raw)
	list.PREFIX = before + l.word
	return list
}

// hint is the signature of the function whose arguments are being typed; "" if it is not known.
func (c *Console) hint(line string, at int) string {
	return c.signature(callee(line[:min(at, len(line))]))
}

// signature is the first line of the reference of a function; "" if it has no reference.
func (c *Console) signature(name string) string {
	if c.o.Help == nil || name == "" {
		return ""
	}
	text, ok := c.o.Help(name, maxWidth)
	first, _, _ := strings.Cut(text, "\n")
	if !ok || !strings.HasPrefix(first, name+"(") { // one of several, or not a function
		return ""
	}
	return first
}

// callee is the name before the innermost parenthesis that a line has opened, as in
// "dht.get_peers(".
func callee(head string) string {
	depth := 0
	for i := len(head) - 1; i >= 0; i-- {
		switch head[i] {
		case ')', '}', ']':
			depth++
		case '{', '[':
			depth = max(0, depth-1)
		case '(':
			if depth > 0 {
				depth--
				continue
			}
			start := i
			for start > 0 && (isNameByte(head[start-1]) || head[start-1] == '.' || head[start-1] == ':') {
				start--
			}
			return head[start:i]
		}
	}
	return ""
}

// openString returns the text of a string that the line has not closed; ok is false outside of
// strings.
func openString(line string) (text string, ok bool) {
	var quote byte
	start := 0
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quote != 0 && c == '\\':
			i++
		case quote != 0 && (c == quote || c == '\n'):
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote, start = c, i+1
		case quote == 0 && strings.HasPrefix(line[i:], "--"):
			return "", false
		}
	}
	if quote == 0 {
		return "", false
	}
	return line[min(start, len(line)):], true
}
