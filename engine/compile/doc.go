// Package compile makes gopher-lua's instructions of syntax trees, so that they compute what Lua
// 5.1 computes: gopher-lua's own compiler assigns before it has evaluated everything, loses values
// of large constructors and of "...", and records wrong names and places of local variables. The
// test of canaries in package lua51 has the list.
//
// Operands are evaluated in the order, and copied at the moment, in which PUC-Rio's compiler does
// it, since a script can see both.
package compile
