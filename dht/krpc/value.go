package krpc

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/zeebo/bencode"
)

var (
	errValue = fmt.Errorf("krpc: only integers, strings, lists and dictionaries, at most %d deep, can be bencoded", maxDepth)
	errTwice = fmt.Errorf("krpc: %w: a dictionary has a key twice", ErrBencode)
)

// DecodeValue reads one bencoded value of any shape: int64, string (raw
// bytes), []any or map[string]any. The bytes pass [CheckBencode] first, so
// neither lengths nor depth can hurt. An integer beyond int64 is an error, and
// so is a key that a dictionary has twice, as one of its values would be lost.
func DecodeValue(b []byte) (any, error) {
	keys, err := countKeys(b)
	if err != nil {
		return nil, err
	}
	var v any
	if err := bencode.DecodeBytes(b, &v); err != nil {
		if n, ok := errors.AsType[*strconv.NumError](err); ok {
			return nil, fmt.Errorf("krpc: the integer %.40s needs more than 64 bits: %w", n.Num, n.Err)
		}
		return nil, fmt.Errorf("krpc: %w", err)
	}
	if entries(v) != keys {
		return nil, errTwice
	}
	return v, nil
}

// entries counts the dictionary entries of a decoded value, however deep.
func entries(v any) (n int) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			n += entries(e)
		}
	case map[string]any:
		n = len(v)
		for _, e := range v {
			n += entries(e)
		}
	}
	return n
}

// EncodeValue writes a value made of int64, string, []any and map[string]any,
// nested at most 32 deep, with sorted keys. Anything else in it is an error.
func EncodeValue(v any) ([]byte, error) {
	if err := checkValue(v, 0); err != nil {
		return nil, err
	}
	b, err := bencode.EncodeBytes(v)
	if err != nil {
		return nil, fmt.Errorf("krpc: %w", err)
	}
	return b, nil
}

// checkValue looks for what cannot be bencoded in v, which has depth lists and
// dictionaries around it.
func checkValue(v any, depth int) error {
	switch v := v.(type) {
	case int64, string:
		return nil
	case []any:
		if depth >= maxDepth {
			return errValue
		}
		for _, e := range v {
			if err := checkValue(e, depth+1); err != nil {
				return err
			}
		}
		return nil
	case map[string]any:
		if depth >= maxDepth {
			return errValue
		}
		for _, e := range v { // in any order: there is only one error to find
			if err := checkValue(e, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	return errValue
}

// WithID returns dict, a bencoded dictionary, with its `id` set to id unless
// it has one already: the arguments of a query, or the values of a response.
// As the message around it is one level more, it may be only 31 deep.
func WithID(dict []byte, id ID) ([]byte, error) {
	v, err := DecodeValue(dict)
	if err != nil {
		return nil, err
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("krpc: a dictionary is needed")
	}
	if _, has := m["id"]; !has {
		m["id"] = string(id[:])
	}
	if err := checkValue(m, 1); err != nil {
		return nil, err
	}
	return EncodeValue(m)
}
