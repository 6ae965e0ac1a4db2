package share

import "fmt"

// Error says what is wrong with a file, its name, an item of it, or a link.
type Error struct {
	Problem string // one line
}

func (e *Error) Error() string { return "share: " + e.Problem }

// problem makes an [Error].
func problem(format string, args ...any) error {
	return &Error{Problem: fmt.Sprintf(format, args...)}
}
