// Package plain turns Lua values into JSON and bencode, and back. A table is a list if
// its keys are 1 to n; else all its keys must be strings.
//
// All work counts against the limits of the run to which the Lua state belongs: its memory
// and its instructions.
//
// The files form layers, from the lowest: value, plainer, bencode, json.
package plain
