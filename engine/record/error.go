package record

import (
	"errors"
	"fmt"
	"strings"
)

// Error says what is wrong with a row, a file or a manifest. Its text begins with the name of this
// package; see [Problem].
type Error struct{ cause error }

func (e *Error) Error() string { return "record: " + e.cause.Error() }

// Unwrap returns what Error says without the name of the package.
func (e *Error) Unwrap() error { return e.cause }

// problem makes an [Error], as fmt.Errorf does.
func problem(format string, args ...any) error { return &Error{fmt.Errorf(format, args...)} }

// Problem is what an error of this package, or several that errors.Join put together, say in one
// line without the name of the package: for programs that tell people what to do.
func Problem(err error) string {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		var texts []string
		for _, one := range several.Unwrap() {
			texts = append(texts, Problem(one))
		}
		return strings.Join(texts, "; ")
	}
	text := err.Error()
	if e, ok := errors.AsType[*Error](err); ok {
		text = e.cause.Error()
	} else if e, ok := errors.AsType[*LimitError](err); ok {
		text = e.problem()
	}
	return strings.ReplaceAll(text, "\n", "; ")
}

// LimitError is the row that was one too many, and every row after it.
type LimitError struct {
	What  string // "rows" or "bytes"
	Limit int64
}

func (e *LimitError) Error() string { return "record: " + e.problem() }

func (e *LimitError) problem() string {
	return fmt.Sprintf("the results would have more than %d %s", e.Limit, e.What)
}
