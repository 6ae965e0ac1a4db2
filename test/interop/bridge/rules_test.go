package bridge

import (
	"errors"
	"fmt"
	"slices"
)

// bytes20 is an id, or a target.
var bytes20 = text(20, 20)

func anything(any) error { return nil }

// text is a string of min to max bytes.
func text(min, max int) rule {
	return func(value any) error {
		s, ok := value.(string)
		if !ok || len(s) < min || len(s) > max {
			return fmt.Errorf("%.80q is no string of %d to %d bytes", fmt.Sprint(value), min, max)
		}
		return nil
	}
}

func exactly(want string) rule {
	return func(value any) error {
		if value != want {
			return fmt.Errorf("%q is not %q", value, want)
		}
		return nil
	}
}

// number is an integer from min to max.
func number(min, max int64) rule {
	return func(value any) error {
		n, ok := value.(int64)
		if !ok || n < min || n > max {
			return fmt.Errorf("%v is no number from %d to %d", value, min, max)
		}
		return nil
	}
}

var (
	flag = number(0, 1)
	port = number(1, 65535)
)

// multiple is a string of at most max parts of one size.
func multiple(size, max int) rule {
	return func(value any) error {
		s, ok := value.(string)
		if !ok || len(s)%size != 0 || len(s) > size*max {
			return fmt.Errorf("%d bytes, not at most %d parts of %d", len(s), max, size)
		}
		return nil
	}
}

// Nodes are named by at most eight contacts: an id, an address, and a port that is not 0.
var (
	nodes  = contacts(20 + 4 + 2)
	nodes6 = contacts(20 + 16 + 2)
)

func contacts(size int) rule {
	return func(value any) error {
		if err := multiple(size, 8)(value); err != nil {
			return err
		}
		for contact := range slices.Chunk([]byte(value.(string)), size) {
			if contact[size-2] == 0 && contact[size-1] == 0 {
				return errors.New("a contact has the port 0")
			}
		}
		return nil
	}
}

// peers is a list of addresses with ports.
func peers(value any) error {
	list, ok := value.([]any)
	if !ok || len(list) == 0 {
		return fmt.Errorf("%v is no list of peers", value)
	}
	for _, peer := range list {
		s, ok := peer.(string)
		if !ok || len(s) != 6 && len(s) != 18 {
			return fmt.Errorf("%q is no peer", peer)
		}
	}
	return nil
}

// families is the list of kinds of addresses that are wanted (BEP 32).
func families(value any) error {
	list, ok := value.([]any)
	if !ok || len(list) == 0 {
		return fmt.Errorf("%v is no list of families", value)
	}
	for _, family := range list {
		if family != "n4" && family != "n6" {
			return fmt.Errorf("there is no family %v", family)
		}
	}
	return nil
}

// refusal is the body of an error: a code and a text.
func refusal(value any) error {
	list, ok := value.([]any)
	if !ok || len(list) != 2 {
		return fmt.Errorf("%v is no pair of code and text", value)
	}
	if code, ok := list[0].(int64); !ok || !slices.Contains(codes, code) {
		return fmt.Errorf("there is no error %v", list[0])
	}
	return text(1, 200)(list[1])
}

func dictionary(f fields) rule {
	return func(value any) error {
		dict, ok := value.(map[string]any)
		if !ok {
			return fmt.Errorf("%v is no dictionary", value)
		}
		return f.check(dict)
	}
}
