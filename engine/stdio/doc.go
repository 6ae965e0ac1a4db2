// Package stdio is the standard streams of a program whose output may be long, and may be that of
// strangers.
//
// A [Stream] writes to the standard output or error output. It remembers the first error, so that a
// program need not check each line that it prints; it tells, once, that its reader has gone, as
// after "| head"; and on a terminal it makes control characters visible. What the program itself
// draws there, such as a bar, goes through [Drawn].
//
// [IsTerminal], [Rows] and [IsClosed] say what is behind a standard stream. All functions and
// methods may be called from several goroutines.
//
// The files form layers, from the lowest: closed, stream; terminal.
package stdio
