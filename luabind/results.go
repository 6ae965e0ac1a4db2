package luabind

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/engine/record"
	"github.com/lightdht/lightdht/luabind/declare"
)

// resultModule has the global functions check and record.
var resultModule = module{
	Page:      "results",
	Text:      "The results of a run: rows of values, and checks that pass or fail.",
	Functions: []function{checkFunction, recordFunction},
}

// checkFunction is the global check.
var checkFunction = function{
	Name: "check", Args: args("name: string, ok: any, detail?: any"), Returns: args("ok: any"),
	Text: "Counts a check that passed, or failed if ok is nil or false, and prints a line. A run with a failed check ends with exit code 3.",
	Do: func(c *call) int {
		c.b.reader.refuse(c, "check")
		if !c.Given("ok") { // check(f()) with an f that returns nothing is a mistake, check("x", nil) is a failure
			c.Expected("ok", "a value to check expected")
		}
		line, ok := "ok    "+c.Str("name"), lua.LVAsBool(c.Value("ok"))
		if !ok {
			line = "FAIL  " + c.Str("name")
			if c.Has("detail") {
				line += ": " + c.tostring(c.Value("detail"))
			}
		}
		c.b.engine.Room(3 * len(line)) // it is put together and copied where it goes
		c.b.count(ok)
		io.WriteString(c.b.engine.Stdout(), line+"\n")
		return c.give(c.Value("ok"))
	},
}

func (b *Bindings) count(ok bool) {
	if ok {
		b.passed++
	} else {
		b.failed++
	}
}

// recordFunction is the global record.
var recordFunction = function{
	Name: "record", Args: args("name_or_row: string|table, row?: table"),
	Overloads: []string{
		"fun(row: table<string, number|string|boolean>)",
		"fun(name: string, row: table<string, number|string|boolean>)",
	},
	Text: "Adds one row to the results of the run: record{nodes = 10, hops = 2.5}, or record(\"lookups\", {...}) for a table of that name. Columns keep the order in which they first appeared; values are numbers, strings and booleans.",
	Do: func(c *call) int {
		c.b.reader.refuse(c, "record")
		name, at := "", "name_or_row"
		if _, named := c.Value("name_or_row").(*lua.LTable); !named {
			name, at = c.Str("name_or_row"), "row"
		}
		if c.b.options.Results == nil {
			c.misuse("this program keeps no results: there is nowhere to record to")
		}
		results, row := c.b.options.Results, rowOf(c, at)
		before := results.Size()
		err := results.Add(name, row)
		c.b.engine.Wrote(results.Size() - before)                   // once, however many files get it
		if over, ok := errors.AsType[*record.LimitError](err); ok { // ends the run, as going over any limit does
			c.b.engine.Exceed(over.What, fmt.Sprintf("%d %s in the results", over.Limit, over.What))
		}
		if _, ok := errors.AsType[*fs.PathError](err); ok { // the row was valid
			c.b.engine.Raise(c.L, err)
		}
		if err != nil {
			c.misuse("%v", err)
		}
		return 0
	},
}

// cellSize is about the memory of a cell without its text, in bytes.
const cellSize = 200

// rowOf reads an argument, a table whose keys are names of columns.
func rowOf(c *call, arg string) record.Row {
	t := c.Table(arg)
	var row record.Row
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		name, ok := k.(lua.LString)
		if !ok {
			c.misuse("a row has names of columns for keys, as in record{hops = 3}, got %s", declare.Show(k))
		}
		if text, ok := v.(lua.LString); ok {
			engine.Charge(c.L, 4*len(text), 0) // it is written to a line that grows
		}
		engine.Charge(c.L, cellSize, 0)
		row = append(row, record.Field{Name: string(name), Value: cellOf(c, string(name), v)})
	}
	return row
}

func cellOf(c *call, column string, v lua.LValue) any {
	switch v := v.(type) {
	case lua.LNumber:
		return float64(v)
	case lua.LString:
		return string(v)
	case lua.LBool:
		return bool(v)
	}
	c.misuse("column '%s': a number, a string or a boolean is expected, got %s", declare.Clip(column), declare.Show(v))
	return nil
}

// logModule is `log`.
var logModule = module{
	Name: "log",
	Text: "Messages for the person at the terminal. They go to stderr, so that stdout carries results only.",
	Functions: []function{
		logFunction("info", slog.LevelInfo, "Writes its arguments as text, with spaces between them."),
		logFunction("warn", slog.LevelWarn, "Writes a warning."),
		logFunction("debug", slog.LevelDebug, "Writes a message that is shown only when the run is verbose."),
	},
}

func logFunction(name string, level slog.Level, text string) function {
	return function{Name: name, Args: args("...: any"), Text: text, Do: func(c *call) int {
		c.b.log(level, joinedText(c))
		return 0
	}}
}

// log writes a message with the time of the script, which is virtual on a simulated
// network.
func (b *Bindings) log(level slog.Level, text string) {
	log, ctx := b.engine.Log().Handler(), context.Background()
	if log.Enabled(ctx, level) {
		log.Handle(ctx, slog.NewRecord(b.engine.Date(), level, text, 0))
	}
}

// joinedText is all arguments as print would write them, but with spaces: a log quotes
// tabs as \t.
func joinedText(c *call) string {
	values := c.Rest()
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = c.tostring(v)
		c.b.engine.Room(8 * len(words[i])) // it is joined, quoted and copied where it goes
	}
	return strings.Join(words, " ")
}
