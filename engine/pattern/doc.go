// Package pattern matches strings against patterns of Lua 5.1, without a Lua state. A search can
// take exponential time, so it reports its steps while it works, and the caller can end it.
// gopher-lua's own matcher cannot be interrupted.
package pattern
