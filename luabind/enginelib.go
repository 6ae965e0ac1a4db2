package luabind

import (
	"slices"
)

// Descriptions of the functions of package engine, which knows nothing of references and
// editors. A test compares them with the globals of a script.

// globalsTopic has the global functions of this package and of the engine that have no
// page of their own.
var globalsTopic = module{
	Page:      "globals",
	Text:      "Functions and values that belong to no module.",
	Functions: slices.Concat(globals.Functions, engineGlobals),
	Fields: []field{{
		Name: "arg", Type: "table<integer, string>",
		Text: "The script's own arguments, from arg[1] on; arg[0] is its path.",
	}},
}

// engineGlobals are the engine's own functions among the globals. Those that
// Lua 5.1 has are described only if there is more to say.
var engineGlobals = []function{
	{
		Name: "print", Args: args("...: any"),
		Text: "Writes its arguments to stdout as tostring shows them, with tabs between and a line feed at the end. Tables and functions show a number in place of a memory address, in the order in which they are first shown, so that each run prints the same.",
	},
	{
		Name: "require", Args: args("name: string"), Returns: args("module: any"), Waits: true,
		Text: "Loads a module, once: NAME.lua or NAME/init.lua beside the script, else from the library that comes with lightdht (\"lightdht.census\"). A dot in the name is a folder. A module that does not exist is an error.",
	},
	{
		Name: "sleep", Args: args("seconds: seconds"), Waits: true,
		Text: "The same as task.sleep: waits.",
	},
	{
		Name: "spawn", Args: args("fn: fun(...: any): ..., ...: any"), Returns: args("task: task.Task"),
		Text: "The same as task.spawn: starts a task.",
	},
}

// packageModule is `package`.
var packageModule = module{
	Name: "package",
	Text: "The state of require, as in Lua 5.1, without modules in C. Setting path, cpath or config changes nothing.",
	Functions: []function{{
		Name: "seeall", Args: args("module: table"),
		Text: "Lets a module see the globals: module(\"name\", package.seeall).",
	}},
	Fields: []field{
		{Name: "config", Type: "string", Text: "The special characters of path, one on a line."},
		{Name: "cpath", Type: "string", Text: "Empty: there are no modules in C."},
		{Name: "loaded", Type: "table<string, any>", Text: "The value of each loaded module and standard library, by name. After a value is removed, require loads the module again."},
		{Name: "path", Type: "string", Text: "The places beside the script where require looks for a module."},
		{Name: "preload", Type: "table<string, function>", Text: "Loaders by module name. require tries them before it looks for files."},
	},
}

// debugModule is `debug`.
var debugModule = module{
	Name: "debug",
	Text: "The running functions, as in Lua 5.1. Access to local variables is left out.",
	Functions: []function{
		{
			Name: "getinfo", Args: args("of: function|integer, what?: string"), Returns: args("info?: table"),
			Text: "Source and lines of a function, or of the function that runs at a level (1: the caller); nil if there is no such level.",
		},
		{
			Name: "getmetatable", Args: args("value: any"), Returns: args("metatable?: table"),
			Text: "The metatable of a value, unless it is protected.",
		},
		{
			Name: "gethook", Returns: args("hook?: nil"),
			Text: "Always nil: hooks do not exist.",
		},
		{
			Name: "sethook",
			Text: "Does nothing without arguments. Setting a hook is an error.",
		},
		{
			Name: "setmetatable", Args: args("of: any, metatable?: table"), Returns: args("done: boolean"),
			Text: "Sets the metatable of a table, unless it has a protected one. With a string and nil, strings have no methods until their metatable is set again.",
		},
		{
			Name: "traceback", Args: args("message?: any, level?: integer"), Returns: args("text: any"),
			Text: "The message, and the running functions. In the handler of an xpcall: the functions that were running when the error was raised.",
		},
	},
}

// taskModule is `task`.
var taskModule = module{
	Name: "task",
	Text: "Tasks run at the same time. They switch only inside calls that block, so Lua code between two such calls needs no locks. A run ends when all its tasks have ended.",
	Functions: []function{
		{
			Name: "map", Args: args("list: T[], fn: fun(item: T, index: integer): R, opts?: task.MapOptions", &mapOptions), Returns: args("results: R[]"), Waits: true,
			Generic: "T, R",
			Text:    "Calls a function with each item of a list, several at a time. Returns the results in the order of the list. An error in one call cancels the others and is raised.",
		},
		{
			Name: "now", Returns: args("now: seconds"),
			Text: "The time since the run began; on a simulated network it is virtual.",
		},
		{
			Name: "sleep", Args: args("seconds: seconds"), Waits: true,
			Text: "Waits. On a simulated network the time is virtual: it passes at once if nothing happens.",
		},
		{
			Name: "spawn", Args: args("fn: fun(...: any): ..., ...: any"), Returns: args("task: task.Task"),
			Text: "Starts a task that runs a function with these arguments. It begins when the caller next blocks. If no task waits for it, an error in it is reported at once and the run counts as failed.",
		},
		{
			Name: "timeout", Args: args("seconds: seconds, fn: fun(...: any): ..., ...: any"), Returns: args("...: any"), Fails: true, Kinds: "timeout, cancelled", Waits: true,
			Text: "Runs a function and returns its results. If it takes longer than the time given, it is cancelled. An error in it is raised.",
		},
	},
	Options: []*optionTable{&mapOptions},
	Types:   []*class{&taskClass},
}

var mapOptions = optionTable{
	Name: "task.MapOptions", Text: "Options of task.map.",
	Options: []option{{Name: "parallel", Type: "integer", Min: 1, Max: 1 << 20, Default: 64, Text: "Calls at the same time."}},
}

var taskClass = class{
	Name: "task.Task", Called: "t",
	Text: "A task, as spawn returns it.",
	Methods: []function{
		{
			Name: "cancel",
			Text: "Cancels the task: the call in which it blocks, or its next blocking call, raises an error. The task may catch it to clean up. A task that has ended does not change.",
		},
		{
			Name: "status", Returns: args(`status: "running"|"waiting"|"done"|"failed"|"cancelled"`),
			Text: "The state of the task, or how it ended.",
		},
		{
			Name: "wait", Returns: args("...: any"), Fails: true, Kinds: "failed, cancelled", Waits: true,
			Text: "Waits until the task has ended. Returns the results of its function. If the function raised an error, returns nil and the error: a message becomes an error of kind \"failed\", any other value stays as it is.",
		},
	},
}

// ioModule is `io`.
var ioModule = module{
	Name: "io",
	Text: "Files and the standard streams, as in Lua 5.1, without popen. A script may read its own folder and write in its run folder, except for names that begin with a dot. The flags --allow-read and --allow-write of lightdht run open other folders, with all names in them. If something is wrong with a file, functions return nil and a message.",
	Functions: []function{
		{
			Name: "lines", Args: args("path?: string"), Returns: args("next: fun(): string?"), Waits: true,
			Text: "An iterator over the lines of a file, which it closes at the end, or of stdin.",
		},
		{
			Name: "open", Args: args(`path: string, mode?: "r"|"w"|"a"|"rb"|"wb"|"ab"`), Returns: args("file?: io.File, message?: string"),
			Text: "Opens a file to read it (\"r\", the default), to write it from the beginning (\"w\") or to append (\"a\").",
		},
		{
			Name: "type", Args: args("value: any"), Returns: args(`kind: "file"|"closed file"|nil`),
			Text: "Whether a value is a file.",
		},
		{
			Name: "read", Args: args("...: string|integer"), Returns: args("...: string|number|nil"), Waits: true,
			Text: "Reads from stdin: a line (\"*l\", the default), a number (\"*n\"), all (\"*a\") or a number of bytes. nil at the end.",
		},
		{
			Name: "write", Args: args("...: string|number"), Returns: args("ok?: boolean, message?: string"),
			Text: "Writes to stdout.",
		},
	},
	Fields: []field{
		{Name: "stdin", Type: "io.File", Text: "The input of the run: a pipe, or the keyboard."},
		{Name: "stdout", Type: "io.File", Text: "Standard output: for results."},
		{Name: "stderr", Type: "io.File", Text: "Standard error: for everything else."},
	},
	Types: []*class{&fileClass},
}

var fileClass = class{
	Name: "io.File", Called: "file",
	Text: "An open file, or a standard stream.",
	Methods: []function{
		{
			Name: "close", Returns: args("ok?: boolean, message?: string"),
			Text: "Writes buffered bytes and closes the file. The end of the run closes all files. The standard streams cannot be closed.",
		},
		{
			Name: "flush", Returns: args("file?: io.File, message?: string"),
			Text: "Writes buffered bytes.",
		},
		{
			Name: "lines", Returns: args("next: fun(): string?"), Waits: true,
			Text: "An iterator over the remaining lines. The file stays open.",
		},
		{
			Name: "read", Args: args("...: string|integer"), Returns: args("...: string|number|nil"), Waits: true,
			Text: "Reads as io.read does.",
		},
		{
			Name: "setvbuf", Args: args("mode: string, size?: integer"), Returns: args("ok: boolean"),
			Text: "Does nothing and returns true: files have a buffer, the standard streams have none.",
		},
		{
			Name: "write", Args: args("...: string|number"), Returns: args("ok?: boolean, message?: string"),
			Text: "Writes strings and numbers.",
		},
	},
}

// osModule is `os`.
var osModule = module{
	Name: "os",
	Text: "The time functions of Lua 5.1, and no others. On a simulated network the time is virtual and begins on 1 January 2026.",
	Functions: []function{
		{
			Name: "clock", Returns: args("now: seconds"),
			Text: "The time since the run began, as task.now.",
		},
		{
			Name: "date", Args: args("format?: string, time?: number"), Returns: args("date: string|table"),
			Text: "A time as text, in a format of C's strftime, or as a table with \"*t\". Default: the present. A leading \"!\" means UTC.",
		},
		{
			Name: "difftime", Args: args("later: number, earlier?: number"), Returns: args("seconds: seconds"),
			Text: "The time between two times of os.time.",
		},
		{
			Name: "time", Args: args("date?: table"), Returns: args("time: integer"),
			Text: "The present in seconds since 1970, or the date in a table with year, month, day, hour, min and sec.",
		},
	},
}
