// Package stdlib is the standard library of Lua 5.1 for scripts that may be cut off from the machine: nothing in it reaches
// a file, the clock or randomness but through its [Host], and each function whose work depends on its arguments charges for
// it, so that a script can be stopped inside a call. What Lua's own library has beyond that is left out: dofile, loadfile,
// os.execute, io.popen, the local variables in debug. Iteration over its tables has the same order in every run.
package stdlib
