// Package lua51 makes gopher-lua behave as Lua 5.1. The reference is PUC-Rio Lua 5.1.5 as Debian
// builds it (package lua5.1).
//
// It replaces the operations of gopher-lua's virtual machine whose results differ: conversions
// between numbers and strings, concatenation, modulo, powers, lengths. It has what the standard
// library needs and gopher-lua does otherwise: checks of arguments, levels of the call stack,
// protected calls, coroutines, environments. And it finds the names for error messages in the
// bytecode. Package compile makes the bytecode.
//
// A [Runtime] belongs to the Lua states of one host. [Check] is an error if gopher-lua is a version
// whose unexported fields this package does not know.
//
// Each repair, here, in compile, syntax, pattern and stdlib, has a canary in canary_test.go: a
// script for gopher-lua by itself, which fails with "delete this repair" once upstream computes the
// right value. The list names the upstream issue, or says that the fault is not reported.
//
// # The files
//
// The files are, from the lowest: code, digits, flow, name, next, number, inside, runtime, level,
// proto, origin, called, capture, argument, blame, yield, bound, arith, fault, concat, length,
// trace, environment, protect, message, operator, coroutine.
package lua51
