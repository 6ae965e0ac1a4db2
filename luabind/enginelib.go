package luabind

import "slices"

// What package engine offers to scripts. It has never heard of references and
// editors, so its functions are described here; a test holds the descriptions
// against a script's globals.

// globalsTopic is every function that belongs to no module and has no page of its own,
// of this package or of the engine.
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
		Text: "Writes its arguments to stdout as tostring shows them, with tabs between and a line feed at the end. Tables and functions are numbered in the order in which they are shown, so that a run repeats itself.",
	},
	{
		Name: "require", Args: args("name: string"), Returns: args("module: any"), Waits: true,
		Text: "Loads a module, once: NAME.lua or NAME/init.lua beside the script, or else in the library that comes with lightdht, as \"lightdht.census\". Dots stand between folders. A module that does not exist is an error.",
	},
	{
		Name: "sleep", Args: args("seconds: seconds"), Waits: true,
		Text: "Waits that long, as task.sleep does.",
	},
	{
		Name: "spawn", Args: args("fn: fun(...: any): ..., ...: any"), Returns: args("task: task.Task"),
		Text: "Runs a function as a task of its own, as task.spawn does.",
	},
}

// packageModule is `package`.
var packageModule = module{
	Name: "package",
	Text: "What require knows, as in Lua 5.1, without what loads modules in C. path, cpath and config only tell; setting them changes nothing.",
	Functions: []function{{
		Name: "seeall", Args: args("module: table"),
		Text: "Lets a module see the globals: module(\"name\", package.seeall).",
	}},
	Fields: []field{
		{Name: "config", Type: "string", Text: "The marks that stand in path, one a line."},
		{Name: "cpath", Type: "string", Text: "Empty: there are no modules in C."},
		{Name: "loaded", Type: "table<string, any>", Text: "The value of each module that was loaded, and of the standard libraries. What is taken out is loaded again."},
		{Name: "path", Type: "string", Text: "Where a module is looked for beside the script."},
		{Name: "preload", Type: "table<string, function>", Text: "Functions that load a module of that name, before any file is looked for."},
	},
}

// debugModule is `debug`.
var debugModule = module{
	Name: "debug",
	Text: "What is running, as in Lua 5.1. Nothing here reaches the variables of a function.",
	Functions: []function{
		{
			Name: "getinfo", Args: args("of: function|integer, what?: string"), Returns: args("info?: table"),
			Text: "Source and lines of a function, or of what runs at that level: 1 is the caller. nil if nothing does.",
		},
		{
			Name: "getmetatable", Args: args("value: any"), Returns: args("metatable?: table"),
			Text: "The metatable of a value, unless it is protected.",
		},
		{
			Name: "gethook", Returns: args("hook?: nil"),
			Text: "Nothing: there never is a hook.",
		},
		{
			Name: "sethook",
			Text: "Takes the hook away, of which there is none. To set one is an error.",
		},
		{
			Name: "setmetatable", Args: args("of: any, metatable?: table"), Returns: args("done: boolean"),
			Text: "Gives a table a metatable, unless it has one that is protected. nil for a string takes the methods of all strings away, until their own metatable is given back.",
		},
		{
			Name: "traceback", Args: args("message?: any, level?: integer"), Returns: args("text: any"),
			Text: "The message, and the functions that are running; in the handler of an xpcall, those that were when the error was raised.",
		},
	},
}

// taskModule is `task`.
var taskModule = module{
	Name: "task",
	Text: "Doing several things at once. Tasks switch only where a call blocks, so plain Lua between two such calls needs no locks. A run ends when all its tasks have ended.",
	Functions: []function{
		{
			Name: "map", Args: args("list: T[], fn: fun(item: T, index: integer): R, opts?: task.MapOptions", &mapOptions), Returns: args("results: R[]"), Waits: true,
			Generic: "T, R",
			Text:    "Calls a function with each item of a list, several at a time, and returns the results in the list's order. An error in one of the calls cancels the others and is raised.",
		},
		{
			Name: "now", Returns: args("now: seconds"),
			Text: "The time since the run began; on a simulated network it is virtual.",
		},
		{
			Name: "sleep", Args: args("seconds: seconds"), Waits: true,
			Text: "Waits that long. On a simulated network it is virtual time, and passes at once if nothing happens in it.",
		},
		{
			Name: "spawn", Args: args("fn: fun(...: any): ..., ...: any"), Returns: args("task: task.Task"),
			Text: "Runs a function with these arguments as a task of its own, which begins when the caller next blocks. An error in it that nobody waits for is told at once, and the run counts as failed.",
		},
		{
			Name: "timeout", Args: args("seconds: seconds, fn: fun(...: any): ..., ...: any"), Returns: args("...: any"), Fails: true, Kinds: "timeout, cancelled", Waits: true,
			Text: "Returns what the function returns, if it does so within that time; else it is cancelled. An error in it is raised.",
		},
	},
	Options: []*optionTable{&mapOptions},
	Types:   []*class{&taskClass},
}

var mapOptions = optionTable{
	Name: "task.MapOptions", Text: "How to work through a list.",
	Options: []option{{Name: "parallel", Type: "integer", Min: 1, Max: 1 << 20, Default: 64, Text: "How many calls go on at once."}},
}

var taskClass = class{
	Name: "task.Task", Called: "t",
	Text: "A task, as spawn returns it.",
	Methods: []function{
		{
			Name: "cancel",
			Text: "Has the call raise an error in which the task blocks, or next does; the error may be caught to clean up. A task that has ended stays as it is.",
		},
		{
			Name: "status", Returns: args(`status: "running"|"waiting"|"done"|"failed"|"cancelled"`),
			Text: "What it is doing, or how it ended.",
		},
		{
			Name: "wait", Returns: args("...: any"), Fails: true, Kinds: "failed, cancelled", Waits: true,
			Text: "Waits until the task has ended, and returns what its function returned. What the function raised comes as the error: a message as one of kind \"failed\", anything else as it is.",
		},
	},
}

// ioModule is `io`.
var ioModule = module{
	Name: "io",
	Text: "Files and the standard streams, as in Lua 5.1, without what starts programs. A script may read its own folder and write in its run folder, but no names that begin with a dot; lightdht run --allow-read and --allow-write open other folders, and all names in them. What goes wrong with a file is nil and a message.",
	Functions: []function{
		{
			Name: "lines", Args: args("path?: string"), Returns: args("next: fun(): string?"), Waits: true,
			Text: "For a loop: the lines of a file, which is closed at its end, or of stdin.",
		},
		{
			Name: "open", Args: args(`path: string, mode?: "r"|"w"|"a"|"rb"|"wb"|"ab"`), Returns: args("file?: io.File, message?: string"),
			Text: "Opens a file to read (\"r\", the default), to write anew (\"w\") or to write at its end (\"a\").",
		},
		{
			Name: "type", Args: args("value: any"), Returns: args(`kind: "file"|"closed file"|nil`),
			Text: "Whether a value is a file.",
		},
		{
			Name: "read", Args: args("...: string|integer"), Returns: args("...: string|number|nil"), Waits: true,
			Text: "Reads from stdin: a line (\"*l\", the default), a number (\"*n\"), all (\"*a\") or so many bytes. nil at the end.",
		},
		{
			Name: "write", Args: args("...: string|number"), Returns: args("ok?: boolean, message?: string"),
			Text: "Writes to stdout.",
		},
	},
	Fields: []field{
		{Name: "stdin", Type: "io.File", Text: "What is piped or typed into the run."},
		{Name: "stdout", Type: "io.File", Text: "Where results go."},
		{Name: "stderr", Type: "io.File", Text: "Where everything else goes."},
	},
	Types: []*class{&fileClass},
}

var fileClass = class{
	Name: "io.File", Called: "file",
	Text: "An open file, or a standard stream.",
	Methods: []function{
		{
			Name: "close", Returns: args("ok?: boolean, message?: string"),
			Text: "Writes what is left to write, and closes the file. Files left open are closed at the end of the run; the standard streams cannot be closed.",
		},
		{
			Name: "flush", Returns: args("file?: io.File, message?: string"),
			Text: "Writes what is left to write.",
		},
		{
			Name: "lines", Returns: args("next: fun(): string?"), Waits: true,
			Text: "For a loop: the lines that are left. The file stays open.",
		},
		{
			Name: "read", Args: args("...: string|integer"), Returns: args("...: string|number|nil"), Waits: true,
			Text: "Reads as io.read does.",
		},
		{
			Name: "setvbuf", Args: args("mode: string, size?: integer"), Returns: args("ok: boolean"),
			Text: "Does nothing, and says that it did: the standard streams have no buffer, files have one.",
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
	Text: "The time, as in Lua 5.1, and nothing else of the system. On a simulated network it is virtual, and begins on 1 January 2026.",
	Functions: []function{
		{
			Name: "clock", Returns: args("now: seconds"),
			Text: "The time since the run began, as task.now.",
		},
		{
			Name: "date", Args: args("format?: string, time?: number"), Returns: args("date: string|table"),
			Text: "A time, by default the present, in a format of C's strftime; a table for \"*t\". A \"!\" in front means UTC.",
		},
		{
			Name: "difftime", Args: args("later: number, earlier?: number"), Returns: args("seconds: seconds"),
			Text: "The time between two times of os.time.",
		},
		{
			Name: "time", Args: args("date?: table"), Returns: args("time: integer"),
			Text: "The present, or the date that a table of year, month, day, hour, min and sec says, in seconds since 1970.",
		},
	},
}
