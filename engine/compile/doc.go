// Package compile makes bytecode of gopher-lua from a syntax tree, so that it computes what Lua 5.1
// computes. gopher-lua's own compiler assigns before it has evaluated everything, loses values of
// large constructors and of "...", and records wrong names and registers of local variables. The
// canaries of package lua51 list the faults.
//
// Operands are evaluated in the order, and copied at the moment, of PUC-Rio's compiler, because a
// script can see both.
//
// The files are, from the lowest: instruction, function, expression, fold, goto, slow, condition,
// values, loop, statement, compile.
//
// The files form layers, from the lowest: instruction; function; fold, goto; expression;
// condition, slow, values; loop; statement; compile.
package compile
