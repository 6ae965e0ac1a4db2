package entry

import (
	"fmt"
	"net/netip"
	"strings"
)

// Error says that there is no network, or no way into it.
type Error struct {
	Text string // a sentence for people
}

func (e *Error) Error() string { return e.Text }

// Errorf makes an [Error] of a format and its arguments.
func Errorf(format string, args ...any) error {
	return &Error{fmt.Sprintf(format, args...)}
}

// listed is how many addresses List writes.
const listed = 4

// List writes addresses for a message, the first four of them.
func List(addrs []netip.AddrPort) string {
	var text []string
	for i, a := range addrs {
		if i == listed {
			text = append(text, fmt.Sprintf("%d more", len(addrs)-i))
			break
		}
		text = append(text, a.String())
	}
	return strings.Join(text, ", ")
}

// Count writes a number with its noun, for a message.
func Count(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}
