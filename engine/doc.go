// Package engine runs Lua scripts whose functions may block.
//
// Every task of a script is written as if it were alone: a function that has to wait, for a timer,
// another task or a reply from the network, simply does not return until it is over. Meanwhile
// other tasks run. This works in every place in which Lua can call a function, in pcall, iterators,
// metamethods, sort comparators and coroutines, because a task is a goroutine with a Lua state of
// its own. Only one goroutine at a time, the one that holds the baton, touches Lua values; the
// baton changes hands only where a call blocks, so scripts need no locks, and under a virtual clock
// the same script with the same random source does the same thing every time.
//
// # What an embedder gives
//
// [Options] say what a script can see: streams, arguments, the folder that require looks in, a
// clock, a source of randomness, and [Grants] for files. Nothing else of the host is within reach:
// the standard library is cut down to what computes (see the list in sandbox.go). Go values of the
// embedder's own become globals with [Engine.Set]; whole libraries are [Module] values.
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
// A Lua value may be touched by the goroutine that holds the baton, and by no other. Functions that
// a script calls, functions given to [Clock.AfterFunc] or [Engine.Post] and callbacks of
// [Engine.Go] hold it. Any other goroutine uses Post, which is the one method for everybody:
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
// wherever it is, and no pcall catches that. Library functions that could go on for long, pattern
// matching above all, count as instructions while they work. What can not be interrupted from
// within the process is a Go function of the host's own that blocks or computes without end: Run
// then does not return before that function does, and [Options].OnStuck is told.
//
// Memory is that of the whole process, and is looked at fifty times a second; a script may take
// some 50 MB more than its limit in that time, and once as much as its longest string. A host that
// must be sure needs a process with a limit of its own (a cgroup, ulimit -v).
//
// # The same result everywhere
//
// With a [Clock] and a [Source] that repeat, a script repeats too, to the bit and on every kind of
// machine. Where Go leaves it to the processor what an operation gives (the functions of package
// math, products that are added up, numbers that no integer type holds), this package has its own:
// see pair.go, power.go and argument.go.
package engine
