package engine_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine"
)

// A script with three tasks. Under a virtual clock the waiting takes no time.
func Example() {
	e, err := engine.New(engine.Options{Clock: engine.NewVirtual(), Stdout: os.Stdout, Stderr: os.Stderr})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	values, err := e.Run(context.Background(), "script.lua", `
		local function count(name, seconds)
			for i = 1, 2 do
				sleep(seconds)
				print(task.now(), name, i)
			end
			return name
		end
		local fast, slow = spawn(count, "fast", 1), spawn(count, "slow", 3)
		return slow:wait(), fast:wait()`)
	fmt.Println(values, err)
	// Output:
	// 1	fast	1
	// 2	fast	2
	// 3	slow	1
	// 6	slow	2
	// [slow fast] <nil>
}

// Server is a type of the host program.
type Server struct {
	Name  string
	peers []string
}

// Add is called by scripts as server:Add(addr).
func (s *Server) Add(addr string) int {
	s.peers = append(s.peers, addr)
	return len(s.peers)
}

// The host's own values become globals: fields can be read and set, methods called.
func ExampleEngine_Set() {
	e, err := engine.New(engine.Options{Stdout: os.Stdout})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	server := &Server{Name: "first"}
	if err := e.Set("server", server); err != nil {
		fmt.Println(err)
	}
	if err := e.Set("shout", strings.ToUpper); err != nil {
		fmt.Println(err)
	}
	_, err = e.Run(context.Background(), "script.lua", `
		print(server.Name, server:Add("192.0.2.1:6881"), shout("done"))
		server.Name = "renamed"`)
	fmt.Println(server.Name, server.peers, err)
	// Output:
	// first	1	DONE
	// renamed [192.0.2.1:6881] <nil>
}

// A failed script says where it failed and how it got there.
func ExampleScriptError() {
	e, err := engine.New(engine.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	_, err = e.Run(context.Background(), "script.lua", "local function lookup()\n  slep(1)\nend\nlookup()")
	fmt.Println(err)
	if se, ok := errors.AsType[*engine.ScriptError](err); ok {
		fmt.Println(se.Traceback)
	}
	// Output:
	// script.lua:2: unknown name 'slep' (did you mean 'sleep'?)
	// script.lua:2: in function 'lookup'
	// script.lua:4: in main chunk
}

// A module whose function blocks until another goroutine has an answer.
func ExampleEngine_Park() {
	fetch := engine.Module{Name: "fetch", Open: func(e *engine.Engine, L *lua.LState) lua.LValue {
		return L.NewFunction(func(L *lua.LState) int {
			url := L.CheckString(1)
			var answer string
			wait := e.Begin("fetch")
			go func() {
				text := "contents of " + url // what takes time, without any Lua value
				e.Post(func() {
					answer = text
					wait.Wake()
				})
			}()
			if err := e.Park(L, wait); err != nil {
				e.Raise(L, err)
			}
			L.Push(lua.LString(answer))
			return 1
		})
	}}
	e, err := engine.New(engine.Options{Stdout: os.Stdout, Modules: []engine.Module{fetch}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	_, err = e.Run(context.Background(), "script.lua", `print(table.concat(task.map({"a", "b"}, fetch), ", "))`)
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// contents of a, contents of b
}
