// Package syntax reads the text of Lua 5.1: a scanner, the syntax tree, a parser whose messages are those of PUC-Rio's
// Lua with advice for people who come from other languages, and a walk over trees.
//
// One extension is accepted: goto and labels as Lua 5.2 has them. The word goto stays a name wherever no name follows it.
package syntax
