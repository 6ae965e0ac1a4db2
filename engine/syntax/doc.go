// Package syntax reads the text of Lua 5.1: a scanner, the syntax tree, a parser whose messages are
// those of PUC-Rio's Lua with advice for people who come from other languages, and a walk over
// trees.
//
// Two things are accepted that only Lua 5.2 has: goto with labels, where the word goto stays a name
// wherever no name follows it, and empty statements, which are a semicolon.
package syntax
