package sim

import (
	"errors"
	"fmt"
)

// Error says what is wrong with a configuration or a request. Its text begins with the name of
// this package; see [Problem].
type Error struct{ cause error }

func (e *Error) Error() string { return "sim: " + e.cause.Error() }

// Unwrap returns what Error says without the name of the package.
func (e *Error) Unwrap() error { return e.cause }

// problem makes an [Error], as fmt.Errorf does.
func problem(format string, args ...any) error { return &Error{fmt.Errorf(format, args...)} }

// Problem is what an error of this package says, without the name of the package: for programs that
// tell people what to change.
func Problem(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.cause.Error()
	}
	if e, ok := errors.AsType[*TooLargeError](err); ok {
		return e.problem()
	}
	return err.Error()
}

// TooLargeError says that a world does not fit in memory.
type TooLargeError struct {
	Nodes    int   // asked for
	Fit      int   // that would fit
	MaxBytes int64 // Config.MaxBytes

	BytesPerNode int64 // on average
}

// Error names the numbers.
func (e *TooLargeError) Error() string { return "sim: " + e.problem() }

func (e *TooLargeError) problem() string {
	const gib = 1 << 30
	return fmt.Sprintf("%d nodes need about %.1f GiB, and %.1f GiB may be used: at most %d nodes fit",
		e.Nodes, float64(e.Nodes)*float64(e.BytesPerNode)/gib, float64(e.MaxBytes)/gib, e.Fit)
}
