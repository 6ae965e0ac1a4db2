package stdio

import "golang.org/x/sys/windows"

// terminal reports whether an open file is one: a console has a mode.
func terminal(file uintptr) bool {
	var mode uint32
	return windows.GetConsoleMode(windows.Handle(file), &mode) == nil
}

// rows is how many rows a console shows, 0 if that is not known.
func rows(file uintptr) int {
	var info windows.ConsoleScreenBufferInfo
	if windows.GetConsoleScreenBufferInfo(windows.Handle(file), &info) != nil {
		return 0
	}
	return int(info.Window.Bottom-info.Window.Top) + 1
}
