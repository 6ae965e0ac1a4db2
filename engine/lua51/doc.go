// Package lua51 makes gopher-lua compute what Lua 5.1 computes. The reference is PUC-Rio Lua 5.1.5 as Debian builds it
// (package lua5.1).
//
// It compiles scripts itself, from the syntax tree of package syntax to gopher-lua's instructions, and it replaces the
// operations of gopher-lua's virtual machine whose results differ: implicit conversions between numbers and strings,
// concatenation, modulo, powers. Each repair names the fault it works around, and has a test that runs gopher-lua without
// it; that test says "delete this repair" once upstream no longer needs it.
package lua51
