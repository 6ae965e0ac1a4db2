package plain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/luabind/declare"
)

// maxJSONDepth is how deep JSON may be nested, written or read.
const maxJSONDepth = 100

// EncodeJSON writes a Lua value as JSON. null is what stands for null.
func EncodeJSON(L *lua.LState, v, null lua.LValue) ([]byte, error) {
	p := newPlainer(L, maxJSONDepth)
	var item func(v lua.LValue, at *place) (any, error)
	item = func(v lua.LValue, at *place) (any, error) {
		if v == null {
			return nil, p.spend(0, at)
		}
		if t, ok := v.(*lua.LTable); ok {
			return p.table(t, at, item)
		}
		return p.json(v, at)
	}
	plain, err := item(v, nil)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(plain); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// json makes the Go value of a Lua value that is not a table.
func (p *plainer) json(v lua.LValue, at *place) (any, error) {
	switch v := v.(type) {
	case *lua.LNilType:
		return nil, nil
	case lua.LBool:
		return bool(v), p.spend(0, at)
	case lua.LString:
		if !utf8.ValidString(string(v)) {
			return nil, at.errorf("a string of bytes that are not UTF-8 has no place in JSON: hex.encode it")
		}
		return string(v), p.spend(len(v), at)
	case lua.LNumber:
		f := float64(v)
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, at.errorf("%s has no place in JSON", engine.FormatNumber(f))
		}
		return jsonNumber(f), p.spend(0, at)
	}
	return nil, at.errorf("%s has no place in JSON", declare.Show(v))
}

// jsonNumber writes whole numbers with all their digits as long as each digit is exact,
// larger ones with an exponent.
func jsonNumber(f float64) any {
	switch {
	case f == math.Trunc(f) && math.Abs(f) <= declare.MaxExact:
		return int64(f)
	case math.Abs(f) > declare.MaxExact:
		return json.Number(strconv.FormatFloat(f, 'e', -1, 64))
	}
	return f
}

// DecodeJSON reads one JSON text. Tables get their keys in the order of the
// text, an empty object gets a metatable.
func DecodeJSON(L *lua.LState, text string, null lua.LValue, empty *lua.LTable) (lua.LValue, error) {
	engine.Charge(L, 3*len(text), len(text)) // it is copied, and read twice
	if !utf8.ValidString(text) {
		return nil, errors.New("not JSON: the text is not UTF-8")
	}
	if err := json.Unmarshal([]byte(text), new(json.RawMessage)); err != nil { // the whole of it, for there may be more than one value
		return nil, jsonError(text, err)
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return jsonReader{L, d, null, empty}.value(0)
}

// The cost of a value without its text, in bytes and in instructions.
const (
	jsonSize = 200
	jsonWork = 30
)

type jsonReader struct {
	L    *lua.LState
	d    *json.Decoder
	null lua.LValue

	empty *lua.LTable // the metatable of an empty object
}

func (r jsonReader) value(depth int) (lua.LValue, error) {
	engine.Charge(r.L, jsonSize, jsonWork)
	token, err := r.d.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Delim:
		return r.table(token, depth)
	case string:
		return lua.LString(token), nil
	case bool:
		return lua.LBool(token), nil
	case json.Number:
		return jsonNumberValue(token)
	}
	return lua.LNil, nil
}

// table reads an object or a list, whose opening bracket has been read.
func (r jsonReader) table(open json.Delim, depth int) (lua.LValue, error) {
	if depth >= maxJSONDepth {
		return nil, fmt.Errorf("not JSON that can be read: nested more than %d deep", maxJSONDepth)
	}
	t := r.L.CreateTable(0, 0)
	for n := 1; r.d.More(); n++ {
		var key lua.LValue = lua.LNumber(n)
		if open == '{' {
			token, err := r.d.Token()
			if err != nil {
				return nil, err
			}
			name, _ := token.(string)
			key = lua.LString(name)
		}
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		if v == lua.LNil && open == '[' {
			v = r.null
		}
		t.RawSet(key, v)
	}
	if key, _ := t.Next(lua.LNil); key == lua.LNil && open == '{' {
		r.L.SetMetatable(t, r.empty)
	}
	_, err := r.d.Token()
	return t, err
}

// jsonNumberValue is a number, or a string of digits if a number cannot hold them all.
func jsonNumberValue(n json.Number) (lua.LValue, error) {
	if !strings.ContainsAny(n.String(), ".eE") {
		if i, err := n.Int64(); err != nil || i > declare.MaxExact || i < -declare.MaxExact {
			return lua.LString(n), nil
		}
	}
	f, err := n.Float64()
	if err != nil {
		return nil, fmt.Errorf("not JSON: the number %s is too large", declare.Clip(n.String()))
	}
	return lua.LNumber(f), nil
}

// jsonError says on which line a text stops being JSON.
func jsonError(text string, err error) error {
	if errors.Is(err, io.EOF) || text == "" {
		return errors.New("not JSON: the text is empty")
	}
	if s, ok := errors.AsType[*json.SyntaxError](err); ok {
		before := text[:min(int(s.Offset), len(text))]
		return fmt.Errorf("not JSON: line %d: %s", 1+strings.Count(before, "\n"), s.Error())
	}
	return fmt.Errorf("not JSON: %w", err)
}
