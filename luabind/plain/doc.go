// Package plain turns Lua values into JSON and bencode, and back. A table is a list if
// its keys are 1 to n; else all its keys must be strings.
//
// What it makes is paid for: it counts against the memory and the instructions of the
// run that a state belongs to.
package plain
