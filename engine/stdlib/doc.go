// Package stdlib is the standard library of Lua 5.1 for scripts that are cut off from the machine.
// It reaches files, the clock, randomness and the streams through its [Host] only. A function whose
// work depends on its arguments charges for it, so that a script can be stopped inside a call.
// Functions that cannot be made safe are left out: dofile, loadfile, os.execute, io.popen, and the
// local variables in debug. Iteration over the tables of the library has the same order in every
// run.
//
// The libraries task and package belong to the scheduler and the loader of package engine.
//
// # The files
//
// From the bottom up: library (the Host and the Library), one file for each part, modules (the list
// of the parts).
//
// The files form layers, from the lowest: library; coroutine, garbage, input, load, math,
// metatable, pairs, sort, strftime, tostring; base, debug, format, io, os; string, table; modules,
// pattern.
package stdlib
