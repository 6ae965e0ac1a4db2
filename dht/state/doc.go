// Package state keeps what a node knows from one run to the next in a file: its id and its table.
//
// The format is that of a saved table (JSON Lines; see [table.Encode]) with the id in the header.
// [Read] and [Write] are the format by itself; Read bounds what it takes from a damaged or hostile
// file. The secrets of tokens are not in it: reading the file does not help to forge anything.
//
// [Hold] reserves a file for this process, [File.Load] reads it and sets a damaged one aside, and
// [File.Keep] writes a node's state to it at once, every five minutes, and when its [Keeper] is
// closed. A file is written beside the old one and then takes its place, so that at any time one of
// the two is whole.
//
// A File belongs to one goroutine. Each Keeper has a goroutine of its own, which ends with Close. A
// node goes on while it is saved: its table is copied page by page. What Read returns belongs to
// the caller. Errors of a File are sentences for people that begin with --state, the flag that
// names the file.
//
// The files form layers, from the lowest: keeper, state; file.
package state
