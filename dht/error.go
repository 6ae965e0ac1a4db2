package dht

import (
	"errors"
	"fmt"
	"net/netip"
)

// The reasons why a query or a search failed. A refusal by the remote node is a [krpc.Error].
var (
	ErrTimeout   = errors.New("no answer in time")
	ErrAddr      = errors.New("this node cannot reach such an address")
	ErrMalformed = errors.New("the answer makes no sense")
	ErrStopped   = errors.New("stopped before the answer came")
	ErrBusy      = errors.New("too many queries are waiting for an answer")
	ErrTooSoon   = errors.New("the node asked not to be sampled again yet")
	ErrRaw       = errors.New("datagrams of one's own making are not sent on the public DHT")
	ErrNotFound  = errors.New("no node has it")
	ErrFamily    = errors.New("this node is not a member of the network of that family")
	ErrAmplifies = errors.New("the answer is more than four times the query, whose sender has not proved its address")
	ErrNoNodes   = errors.New("no node to ask: nobody is known and no bootstrap address was given")
	ErrNoAnswer  = errors.New("none of the nodes that were asked answered")
)

// QueryError is the failure of one query to one node.
type QueryError struct {
	Method string         // "ping", "find_node", ...
	To     netip.AddrPort // the address that was asked
	Err    error          // one of the errors above, or a *krpc.Error that To sent back
}

// Error names the query, the address and the reason.
func (e *QueryError) Error() string { return fmt.Sprintf("%s to %v: %v", e.Method, e.To, e.Err) }

// Unwrap returns the reason.
func (e *QueryError) Unwrap() error { return e.Err }

// RefusedError is the failure of an announce or a put that no node took, and that some refused.
type RefusedError struct {
	Told   int   // nodes that were asked to take it
	Reason error // a [*QueryError]: the most frequent refusal, from the nearest node that gave it
}

// Error says how many were asked, and one reason.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("none of the %d nodes that were told took it: %v", e.Told, e.Reason)
}

// Unwrap returns the reason.
func (e *RefusedError) Unwrap() error { return e.Reason }
