package luabind

import (
	"errors"
	"fmt"
	"io/fs"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/engine/record"
)

// recordFunction is the global record.
var recordFunction = function{
	Name: "record", Args: "name_or_row: string|table, row?: table",
	Overloads: []string{
		"fun(row: table<string, number|string|boolean>)",
		"fun(name: string, row: table<string, number|string|boolean>)",
	},
	Text: "Adds one row to the results of the run: record{nodes = 10, hops = 2.5}, or record(\"lookups\", {...}) for a table of that name. Columns keep the order in which they first appeared; values are numbers, strings and booleans.",
	do: func(c *call) int {
		c.b.reader.refuse(c, "record")
		name, at := "", 1
		if _, named := c.arg(1).(*lua.LTable); !named {
			name, at = c.str(1), 2
		}
		if c.b.options.Results == nil {
			c.misuse("this program keeps no results: there is nowhere to record to")
		}
		results, row := c.b.options.Results, c.row(at)
		before := results.Size()
		err := results.Add(name, row)
		c.b.engine.Wrote(results.Size() - before)                   // once, however many files get it
		if over, ok := errors.AsType[*record.LimitError](err); ok { // ends the run, as going over any limit does
			c.b.engine.Exceed(over.What, fmt.Sprintf("%d %s in the results", over.Limit, over.What))
		}
		if _, ok := errors.AsType[*fs.PathError](err); ok { // the row was well
			c.b.engine.Raise(c.L, err)
		}
		if err != nil {
			c.misuse("%v", err)
		}
		return 0
	},
}

// cellSize is about what a cell takes besides its text, in bytes.
const cellSize = 200

// row reads argument i, a table whose keys are names of columns.
func (c *call) row(i int) record.Row {
	t := c.table(i)
	var row record.Row
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		name, ok := k.(lua.LString)
		if !ok {
			c.misuse("a row has names of columns for keys, as in record{hops = 3}, got %s", show(k))
		}
		if text, ok := v.(lua.LString); ok {
			engine.Charge(c.L, 4*len(text), 0) // it is written down in a line that grows
		}
		engine.Charge(c.L, cellSize, 0)
		row = append(row, record.Field{Name: string(name), Value: c.cell(string(name), v)})
	}
	return row
}

func (c *call) cell(column string, v lua.LValue) any {
	switch v := v.(type) {
	case lua.LNumber:
		return float64(v)
	case lua.LString:
		return string(v)
	case lua.LBool:
		return bool(v)
	}
	c.misuse("column '%s': a number, a string or a boolean is expected, got %s", clip(column), show(v))
	return nil
}
