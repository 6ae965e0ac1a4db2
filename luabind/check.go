package luabind

import (
	"io"

	lua "github.com/yuin/gopher-lua"
)

// globals are the functions that belong to no module.
var globals = module{
	Text:      "Functions that belong to no module.",
	Functions: []function{experimentFunction, checkFunction, recordFunction, sha1Function},
	Options:   []*optionTable{&experimentOptions, &networkOptions, &latencyOptions, &inboundOptions, &churnOptions, &lawOptions, &skewOptions, &mixOptions, &trafficOptions},
}

// checkFunction is the global check.
var checkFunction = function{
	Name: "check", Args: "name: string, ok: any, detail?: any", Returns: "ok: any",
	Text: "Counts a pass, or a failure if ok is nil or false, and prints a line about it. A run with a failed check ends with exit code 3.",
	do: func(c *call) int {
		c.b.reader.refuse(c, "check")
		if c.count() < 2 { // check(f()) with an f that returns nothing is a mistake, check("x", nil) is a failure
			c.expected(2, "what is to be checked expected")
		}
		line, ok := "ok    "+c.str(1), lua.LVAsBool(c.arg(2))
		if !ok {
			line = "FAIL  " + c.str(1)
			if c.has(3) {
				line += ": " + c.tostring(c.arg(3))
			}
		}
		c.b.engine.Room(3 * len(line)) // it is put together and copied where it goes
		c.b.count(ok)
		io.WriteString(c.b.engine.Stdout(), line+"\n")
		return c.give(c.arg(2))
	},
}

func (b *Bindings) count(ok bool) {
	if ok {
		b.passed++
	} else {
		b.failed++
	}
}
