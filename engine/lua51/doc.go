// Package lua51 makes gopher-lua compute what Lua 5.1 computes. The reference is PUC-Rio Lua 5.1.5
// as Debian builds it (package lua5.1).
//
// It replaces the operations of gopher-lua's virtual machine whose results differ: implicit
// conversions between numbers and strings, concatenation, modulo, powers; and it finds the names
// for error messages. Package compile makes the machine's instructions. Each repair of the two has
// a canary: a test that runs gopher-lua without it, and says "delete this repair" once upstream
// computes the right value.
package lua51
