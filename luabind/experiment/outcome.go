package experiment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lightdht/lightdht/dht/entry"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/engine/bundle"
	"github.com/lightdht/lightdht/engine/record"
)

// Status is how a run ended. Its numbers are the exit codes of "lightdht run", which manifests
// have.
type Status int

// The statuses. They are part of the contract with scripts and their users.
const (
	Done        Status = 0
	Failed      Status = 1   // the script failed, or its results could not be written
	Misused     Status = 2   // the options or the script's header do not fit; nothing was run
	CheckFailed Status = 3   // a check of the script failed
	TimedOut    Status = 4   // out of time
	OverLimit   Status = 5   // over a limit, or waiting for what cannot come
	NoNetwork   Status = 6   // nobody lets the node into the network
	Interrupted Status = 130 // the context ended; as shells report SIGINT
	Unread      Status = 141 // the context ended by ErrUnread; as shells report SIGPIPE
)

// Outcome is what came of a run.
type Outcome struct {
	Status Status
	Values []any // that the script returned; see [engine.Engine.Run]
	// Faults are what went wrong, in the order in which it did. The error that Run returns joins
	// them.
	Faults         []error
	Passed, Checks int // checks of the script that passed, and all of them
	Manifest       record.Manifest
	// Trace sums up all datagrams, if Options.Digest was set; else it is zero.
	Trace record.Digest
	// Skipped is virtual time that passed at once, as nothing but upkeep would have happened.
	Skipped time.Duration
	// Files is the folder that the script's files went to, if it is another than Options say: that
	// of an earlier run was in the way. "" otherwise.
	Files string
	// Kept is the run as an archive has it; nil without Options.Keep.
	Kept *bundle.Run
}

// ErrUnread is the cause of a context that ends because nobody reads the output any more.
var ErrUnread = errors.New("nobody reads the output")

// ErrOutOfTime is why a run ends that took longer than Options.Timeout; what it had come to is in a
// [TimeoutError].
var ErrOutOfTime = errors.New("out of time")

// ErrEarly is why a run ends whose context ended before there was a network.
var ErrEarly = errors.New("interrupted before the network was there")

// TimeoutError says where a run was when its time was over.
type TimeoutError struct {
	After time.Duration // Options.Timeout
	At    error         // an [engine.Interrupted], or ErrEarly
}

func (e *TimeoutError) Error() string { return fmt.Sprintf("out of time after %v: %v", e.After, e.At) }

// Unwrap makes it [ErrOutOfTime].
func (e *TimeoutError) Unwrap() error { return ErrOutOfTime }

// ChecksError says that checks of the script failed.
type ChecksError struct{ Failed, All int }

func (e *ChecksError) Error() string { return fmt.Sprintf("%d of %d checks failed", e.Failed, e.All) }

// StatusOf is the status of a run that an error kept from beginning.
func StatusOf(err error) Status {
	switch _, ok := errors.AsType[*entry.Error](err); {
	case err == nil:
		return Done
	case ok:
		return NoNetwork
	}
	return Misused
}

// fail notes what went wrong; the first of it decides the status.
func (out *Outcome) fail(status Status, err error) {
	if out.Status == Done {
		out.Status = status
	}
	out.Faults = append(out.Faults, err)
}

// cut notes that a run was cut short, by its context or by its timeout.
func (out *Outcome) cut(ctx context.Context, o *Options, at error) {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, ErrUnread):
		out.fail(Unread, ErrUnread)
	case errors.Is(cause, ErrOutOfTime):
		out.fail(TimedOut, &TimeoutError{o.Timeout, at})
	default:
		out.fail(Interrupted, at)
	}
}

// script notes why a script did not reach its end.
func (out *Outcome) script(ctx context.Context, o *Options, err error) {
	interrupted, wasCut := errors.AsType[*engine.Interrupted](err)
	_, over := errors.AsType[*engine.LimitError](err)
	_, stuck := errors.AsType[*engine.Deadlock](err)
	switch {
	case wasCut:
		out.cut(ctx, o, interrupted)
	case over, stuck:
		out.fail(OverLimit, err)
	default:
		out.fail(Failed, err)
	}
}
