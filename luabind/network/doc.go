// Package network says what a simulated network is asked to be, and a script by its header: the
// settings that experiment{network = ...}, flags and the values of a sweep have in common, and how
// one changes another.
//
// Settings come as Lua values, by [Read], or as text, by [ParseSettings]; both are checked against
// the same declarations, [Options], and need no Lua state. [Spec.With] puts one on top of another:
// flags on a header, that on the defaults. A [Header] is what a script says of itself; package
// luabind reads it from a script.
//
// The files form layers, from the lowest: tree, reader, models, settings, spec, parse, header.
//
// All values belong to their holder; nothing here starts a goroutine.
package network
