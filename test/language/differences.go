package language

import "regexp"

// A difference is one that is meant: where lightdht does not do what lua5.1 does.
type difference struct {
	name        string
	reason      string
	pattern     *regexp.Regexp // what differs, in a line of either
	replacement string         // what both are compared by
}

// differences is the whole list. Nothing else may differ.
var differences = []difference{
	{
		name:        "addresses",
		reason:      "lua5.1 shows where an object lies in memory; a run of lightdht can be repeated, so it counts them.",
		pattern:     regexp.MustCompile(`(?i)\b(table|function|thread|userdata|builtin): (0x)?[0-9a-f]+`),
		replacement: "$1: @",
	},
	{
		name:        "%d beyond 64 bits",
		reason:      "C makes of such a number what the processor gives; lightdht takes the nearest that there is.",
		pattern:     regexp.MustCompile(`-9223372036854775808|9223372036854775807`),
		replacement: "64 bits",
	},
	{
		name:        "stack of C",
		reason:      "lua5.1 says which of its two stacks is full; lightdht has one.",
		pattern:     regexp.MustCompile(`C stack overflow`),
		replacement: "stack overflow",
	},
	{
		name: "sign of a zero",
		reason: "gopher-lua's machine has no -0 among the results of arithmetic. It is mended where the text shows that it may matter " +
			"(literals, a minus before an operand); to do so for every product makes a program of products 38 % slower.",
		pattern:     regexp.MustCompile(`(^|[^\w.+-])-0($|[^\w.])`),
		replacement: "${1}0$2",
	},
	{
		name:        "sign of nan",
		reason:      "C prints the sign of what is not a number, which the processor chooses; lightdht has the same bytes everywhere.",
		pattern:     regexp.MustCompile(`-nan`),
		replacement: "nan",
	},
}

// The generator leaves some things out, because lightdht takes them and lua5.1 does not, so that
// nothing that follows could be compared. The reducer stays away from them by judge.again.
//
//   - goto and labels, empty statements: they are taken as Lua 5.2 takes them.
//   - %s of values that are no strings: string.format shows any value there, as Lua 5.2 does; lua5.1 raises an error.
//   - assert with a message that is no string: it raises any value as it is, as Lua 5.2 does.
//   - load of a string: it is taken for loadstring's argument, as Lua 5.2 does.
//   - bytes of zero in print, in a pattern, and in string.format: they are taken as they are; C stops at them.
//   - the metatable of strings: a script cannot see it: what it holds is common to all scripts.
//   - a concatenation of what a metamethod gave: lua5.1 then names a variable that had been copied there.
//   - the length of a table with holes, or with __len: the first may be any border; the second is asked, as Lua 5.2 does.
//   - what is done with the text of nan and of -0: its length, say, depends on the sign; see meetsNaN.
//   - characters and lengths beyond C's int: what C makes of them depends on the machine.
