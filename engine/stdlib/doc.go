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
// The files are, from the lowest: library, garbage, coroutine, pairs, input, sort, io, strftime,
// load, math, metatable, debug, os, tostring, base, format, table, pattern, string, modules.
package stdlib
