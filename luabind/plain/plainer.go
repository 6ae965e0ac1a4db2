package plain

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/luabind/declare"
)

// plainer turns Lua values into plain Go ones, to be encoded. A table may hold
// itself, or a thousand times the same one, so both depth and size are bounded.
type plainer struct {
	L        *lua.LState // its run is charged
	maxDepth int
	left     int // bytes that may still be spent
}

const (
	maxEncoded = 16 << 20 // bytes encoded at once; it takes up to 0.5 s, in which no other task runs
	itemCost   = 16       // bytes that an item counts for besides its text
)

func newPlainer(L *lua.LState, maxDepth int) *plainer { return &plainer{L, maxDepth, maxEncoded} }

// The cost of an item, in bytes and in instructions: of converting, encoding and checking it.
const (
	plainSize = 128
	plainWork = 40
)

// spend counts one item with n bytes of text.
func (p *plainer) spend(n int, at *place) error {
	engine.Charge(p.L, plainSize+6*n, plainWork) // the text grows, and is copied in the end
	if p.left -= n + itemCost; p.left < 0 {
		return at.errorf("the value is larger than %d bytes", maxEncoded)
	}
	return nil
}

// table makes a []any of a list, a map[string]any of any other table. item
// turns what is in it.
func (p *plainer) table(t *lua.LTable, at *place, item func(lua.LValue, *place) (any, error)) (any, error) {
	if at.depth() >= p.maxDepth {
		return nil, errors.New("tables are nested too deep, or one holds itself")
	}
	n, isList := ListLen(t)
	engine.Charge(p.L, 16*n, n)
	if !isList || n == 0 && IsObject(t) {
		return p.fields(t, at, item)
	}
	items := make([]any, n)
	for i := range items {
		v, err := item(t.RawGetInt(i+1), &place{up: at, index: i + 1})
		if err != nil {
			return nil, err
		}
		items[i] = v
	}
	return items, p.spend(0, at)
}

func (p *plainer) fields(t *lua.LTable, at *place, item func(lua.LValue, *place) (any, error)) (any, error) {
	m := map[string]any{}
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		name, ok := k.(lua.LString)
		if !ok {
			return nil, at.errorf("the keys must be either strings or 1 to n without a gap, and %s", fault(t, k))
		}
		if err := p.spend(len(name), at); err != nil {
			return nil, err
		}
		field, err := item(v, &place{up: at, name: string(name)})
		if err != nil {
			return nil, err
		}
		m[string(name)] = field
	}
	return m, p.spend(0, at)
}

// fault says why a table with a key that is not a string is not a list.
func fault(t *lua.LTable, key lua.LValue) string {
	for k, _ := t.Next(lua.LNil); k != lua.LNil; k, _ = t.Next(k) {
		f, isNumber := k.(lua.LNumber)
		switch {
		case k.Type() == lua.LTString:
			return "there are both " + declare.Show(key) + " and " + declare.Show(k)
		case !isNumber || f < 1 || f != lua.LNumber(math.Trunc(float64(f))):
			return "one is " + declare.Show(k)
		}
	}
	missing := 1
	for t.RawGet(lua.LNumber(missing)) != lua.LNil {
		missing++
	}
	return strconv.Itoa(missing) + " is missing"
}

// ObjectMark is the value of "__jsontype" in the metatable of a table that is an object even while
// it is empty. Other libraries for JSON use the same mark.
const ObjectMark = "object"

// IsObject reports whether a table has the mark.
func IsObject(t *lua.LTable) bool {
	mt, ok := t.Metatable.(*lua.LTable)
	return ok && mt.RawGetString("__jsontype") == lua.LString(ObjectMark)
}

// place is a place in a value; nil is the value itself.
type place struct {
	up    *place
	name  string
	index int // in a list; 0 in a table with names
}

func (p *place) depth() int {
	n := 0
	for ; p != nil; p = p.up {
		n++
	}
	return n
}

// identifier is how Lua writes a name, keywords included.
var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// IsName reports whether a text is written like a name of Lua.
func IsName(text string) bool { return identifier.MatchString(text) }

// String is the place as Lua would write it: .peers[3].
func (p *place) String() string {
	switch {
	case p == nil:
		return ""
	case p.index > 0:
		return fmt.Sprintf("%v[%d]", p.up, p.index)
	case identifier.MatchString(p.name):
		return p.up.String() + "." + declare.Clip(p.name)
	}
	return fmt.Sprintf("%v[%s]", p.up, declare.Show(lua.LString(p.name)))
}

// errorf is an error that says where.
func (p *place) errorf(format string, args ...any) error {
	where := ""
	if p != nil {
		where = "at " + strings.TrimPrefix(p.String(), ".") + ": "
	}
	return errors.New(where + fmt.Sprintf(format, args...))
}
