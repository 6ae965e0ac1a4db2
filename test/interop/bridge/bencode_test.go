package bridge

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// The reader of bencode in this file is the test's own: it shares no line with dht/krpc, so that a
// fault there is not taken for the rule here. It reads strictly (BEP 3): one value, nothing behind
// it, and only the one way of writing it.
//
// A value is an int64, a string, a []any or a map[string]any.

// maxDepth is how deep lists and dictionaries may be nested; no message of the DHT needs more.
const maxDepth = 8

var errShort = errors.New("it ends too early")

// decode reads a whole datagram.
func decode(data []byte) (any, error) {
	r := &reader{left: data}
	value, err := r.value(0)
	if err != nil {
		return nil, fmt.Errorf("at byte %d: %w", len(data)-len(r.left), err)
	}
	if len(r.left) > 0 {
		return nil, fmt.Errorf("%d bytes behind the end", len(r.left))
	}
	return value, nil
}

// A reader is what is left of a datagram.
type reader struct{ left []byte }

func (r *reader) value(depth int) (any, error) {
	switch {
	case len(r.left) == 0:
		return nil, errShort
	case depth > maxDepth:
		return nil, errors.New("nested too deep")
	}
	switch first := r.left[0]; first {
	case 'i':
		r.left = r.left[1:]
		return r.number('e')
	case 'l':
		r.left = r.left[1:]
		return r.list(depth)
	case 'd':
		r.left = r.left[1:]
		return r.dict(depth)
	default:
		return r.text()
	}
}

// number reads an integer up to the byte that ends it. There is one way of writing each.
func (r *reader) number(end byte) (int64, error) {
	digits, rest, ok := bytes.Cut(r.left, []byte{end})
	if !ok {
		return 0, errShort
	}
	n, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil {
		return 0, err
	}
	if strconv.FormatInt(n, 10) != string(digits) {
		return 0, fmt.Errorf("%q is not how %d is written", digits, n)
	}
	r.left = rest
	return n, nil
}

func (r *reader) text() (string, error) {
	n, err := r.number(':')
	if err != nil {
		return "", err
	}
	if n < 0 || n > int64(len(r.left)) {
		return "", errShort
	}
	text := string(r.left[:n])
	r.left = r.left[n:]
	return text, nil
}

// ends takes the byte that ends a list or a dictionary, if it is next.
func (r *reader) ends() bool {
	if len(r.left) == 0 || r.left[0] != 'e' {
		return false
	}
	r.left = r.left[1:]
	return true
}

func (r *reader) list(depth int) (any, error) {
	list := []any{}
	for !r.ends() {
		value, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	return list, nil
}

// dict reads a dictionary, whose keys must be in order, each once.
func (r *reader) dict(depth int) (any, error) {
	dict, last := map[string]any{}, ""
	for !r.ends() {
		key, err := r.text()
		if err != nil {
			return nil, err
		}
		if len(dict) > 0 && key <= last {
			return nil, fmt.Errorf("key %q after %q", key, last)
		}
		last = key
		if dict[key], err = r.value(depth + 1); err != nil {
			return nil, err
		}
	}
	return dict, nil
}
