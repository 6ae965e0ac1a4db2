package network

import (
	"fmt"

	"github.com/lightdht/lightdht/engine/record"
	"github.com/lightdht/lightdht/luabind/declare"
)

// Header is what a script says about itself with experiment{...}.
type Header struct {
	Title       string
	Description string
	Params      []Parameter // in the order of the script
	Network     Spec
}

// Parameter is a parameter of an experiment.
type Parameter struct {
	Name    string
	Default any // float64, string or bool, which is also its type
}

// Param is one setting of a parameter, as the command line gives it:
// --rounds=20 is {"rounds", "20"}.
type Param struct {
	Name, Value string
}

// Check says what is wrong with settings of an experiment's parameters: a name
// that it does not have, a value of another type than the default. A nil header
// has no parameters.
func (h *Header) Check(params []Param) error {
	if h == nil && len(params) > 0 {
		return fmt.Errorf("unknown parameter '%s': the script declares none with experiment{params = ...}", params[0].Name)
	}
	_, err := h.Settle(params)
	return err
}

// Settle returns the value of each of the header's parameters, in its order;
// the last of several settings counts.
func (h *Header) Settle(params []Param) ([]any, error) {
	if h == nil {
		return nil, nil
	}
	values := make([]any, len(h.Params))
	for i, p := range h.Params {
		values[i] = p.Default
	}
	for _, set := range params {
		i := h.index(set.Name)
		if i < 0 {
			return nil, fmt.Errorf("unknown parameter '%s'%s", declare.Clip(set.Name), declare.Suggest(declare.Nearest(set.Name, h.ParamNames())))
		}
		v, ok := likeDefault(h.Params[i].Default, set.Value)
		if !ok {
			return nil, fmt.Errorf("parameter '%s' expects %s, got %q", set.Name, kindOf(h.Params[i].Default), declare.Clip(set.Value))
		}
		values[i] = v
	}
	return values, nil
}

// Values are the header's parameters with what params makes of them, in its
// order, as a row of results has them.
func (h *Header) Values(params []Param) (record.Row, error) {
	values, err := h.Settle(params)
	var row record.Row
	for i, v := range values {
		row = append(row, record.Field{Name: h.Params[i].Name, Value: v})
	}
	return row, err
}

func (h *Header) index(name string) int {
	for i, p := range h.Params {
		if p.Name == name {
			return i
		}
	}
	return -1
}

// ParamNames lists the parameters.
func (h *Header) ParamNames() []string {
	names := make([]string, len(h.Params))
	for i, p := range h.Params {
		names[i] = p.Name
	}
	return names
}

// likeDefault reads a value of the type that the default has.
func likeDefault(def any, text string) (any, bool) {
	switch def.(type) {
	case float64:
		return asAny(parseNumber(text))
	case bool:
		return text == "true", text == "true" || text == "false"
	}
	return text, true
}

func asAny(f float64, ok bool) (any, bool) { return f, ok }

func kindOf(def any) string {
	switch def.(type) {
	case float64:
		return "a number"
	case bool:
		return "true or false"
	}
	return "a string"
}
