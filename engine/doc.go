// Package engine runs Lua scripts whose functions may block.
//
// Every task of a script is written as if it were alone: a function that has to wait, for a timer,
// another task or a reply from the network, does not return until the wait is over. Meanwhile other
// tasks run. This works in every place in which Lua can call a function, in pcall, iterators,
// metamethods, sort comparators and coroutines, because a task is a goroutine with a Lua state of
// its own. Only one goroutine at a time touches Lua values: the one that holds the baton, which is
// a lock that is handed from task to task like the global interpreter lock of other languages, but
// only where a call blocks. So scripts need no locks, and under a virtual clock the same script
// with the same random source does the same thing every time.
//
// # What an embedder provides
//
// [Options] say what a script can see: streams, arguments, the folder that require looks in, a
// clock, a source of randomness, and [Grants] for files. Nothing else of the host is within reach:
// the standard library, package stdlib, has no function that reaches it. Go values of the embedder
// become globals with [Engine.Set]; whole libraries are [Module] values.
//
//	e, err := engine.New(engine.Options{Stdout: os.Stdout, Stderr: os.Stderr})
//	if err != nil {
//		return err
//	}
//	defer e.Close()
//	if err := e.Set("server", &Server{Name: "a"}); err != nil { // server.Name, server:Restart()
//		return err
//	}
//	values, err := e.Run(ctx, "script.lua", source)
//
// # Who may touch Lua values
//
// The goroutine that holds the baton may touch Lua values, and no other. Functions that a script
// calls, functions given to [Clock.AfterFunc] or [Engine.Post] and callbacks of [Engine.Go] hold
// it. Any other goroutine uses Post, which may be called from everywhere:
//
//	func(L *lua.LState) int { // a function that blocks
//		var answer string
//		wait := e.Begin("fetch") // names what the task waits for
//		go func() {
//			text := fetch() // no Lua values in here
//			e.Post(func() { answer = text; wait.Wake() })
//		}()
//		if err := e.Park(L, wait); err != nil {
//			e.Raise(L, err) // the task was cancelled
//		}
//		L.Push(lua.LString(answer))
//		return 1
//	}
//
// # Limits
//
// A context that ends, Close, and each limit of [Options] stop a script between two instructions,
// and no pcall catches that. Library functions that could go on for long, pattern matching above
// all, count as instructions while they work. A Go function of the host that blocks or computes
// without end cannot be interrupted from within the process: Run then does not return before that
// function does, and [Options].OnStuck is called.
//
// Memory is that of the whole process, and is looked at 200 times a second; a script may take some
// 10 MB more than its limit in that time, and once as much as its longest string. A host that must
// be sure needs a process with a limit of its own (a cgroup, ulimit -v).
//
// # The same result everywhere
//
// With a [Clock] and a [Source] that repeat, a script repeats too, to the bit and on every kind of
// machine. Where Go leaves the result of an operation to the processor (the functions of package
// math, fused products and sums, conversions of numbers that no integer type holds), packages exact
// and lua51 define it.
//
// # The files
//
// The files are, from the lowest: clock, error, errorvalue, hook, preview, fault, compile, module,
// options, task, value, scheduler, interrupt, output, reason, spawn, memory, wait, watch, engine,
// scope, input, loader, packagelib, run, serve, tasklib, new.
//
// Below them are package lua51, which makes gopher-lua behave as Lua 5.1, and package stdlib.
package engine
