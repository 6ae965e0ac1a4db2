package dht

import (
	"errors"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Trace says how a search went.
type Trace struct {
	Queries, Replies, Timeouts, Errors int
	Hops                               int           // the longest way to a node that answered, in hops
	Duration                           time.Duration // of the whole search
	Path                               []Step        // each query, in the order of sending
}

// Step is one query of a search.
type Step struct {
	krpc.Contact               // who was asked; the id is the one that answered, zero if none is known
	Method       string        // "" is the search's own: find_node, get_peers or get
	Hop          int           // 0: known at the start
	Sent         time.Duration // since the search began
	RTT          time.Duration // of the answer, 0 if there was none
	Err          error         // why there was no answer, or why the item in it is none; nil: it was fine
	Seq          int64         // of Item; 0 of a value that is found by its hash
	Item         bool          // Get, Put: it had a valid item
	Outcome      Outcome
}

// Outcome is what became of one query of a search.
type Outcome uint8

// The outcomes of a query.
const (
	OutcomePending Outcome = iota // the search ended before it was known
	OutcomeReply
	OutcomeTimeout
	OutcomeError // the node refused, or its answer made no sense
)

// String returns "pending", "reply", "timeout" or "error".
func (o Outcome) String() string {
	return [...]string{"pending", "reply", "timeout", "error"}[o]
}

// note writes down what became of the query that is this step of the path.
func (t *Trace) note(step *Step, r Reply) {
	switch {
	case r.Err == nil:
		t.Replies++
		t.Hops = max(t.Hops, step.Hop)
		step.ID, step.RTT, step.Outcome = r.From.ID, r.RTT, OutcomeReply
	case errors.Is(r.Err, ErrTimeout):
		t.Timeouts++
		step.Outcome, step.Err = OutcomeTimeout, r.Err
	default:
		t.Errors++
		step.RTT, step.Outcome, step.Err = r.RTT, OutcomeError, r.Err
	}
}
