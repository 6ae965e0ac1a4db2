package main

import "golang.org/x/sys/windows"

// terminal reports whether an open file is one: a console has a mode.
func terminal(file uintptr) bool {
	var mode uint32
	return windows.GetConsoleMode(windows.Handle(file), &mode) == nil
}
