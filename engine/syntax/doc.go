// Package syntax reads the text of Lua 5.1: a scanner, the syntax tree, a parser whose messages are
// those of PUC-Rio's Lua with advice for people who come from other languages, and a walk over
// trees.
//
// Two constructs of Lua 5.2 are accepted: goto with labels, where the word goto stays a name unless
// a name follows it, and empty statements, which are a semicolon.
//
// The files form layers, from the lowest: token, tree; error, number, walk; scanner; parser;
// expression, hint; statement.
package syntax
