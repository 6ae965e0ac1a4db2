package main

import (
	"fmt"
	"log/slog"
	"time"
)

// readingTold is how long a state is read before that is said; chosen by us.
const readingTold = 2 * time.Second

// journal is what a command that runs for long says on stderr: sentences for
// people, or JSON objects for machines. The zero value of json means sentences.
type journal struct {
	host  *host
	quiet bool
	json  *slog.Logger
}

// newJournal makes a journal in the format of the --log-format flag.
func (h *host) newJournal(format string, quiet bool) (*journal, error) {
	j := &journal{host: h, quiet: quiet}
	switch format {
	case "text":
	case "json":
		j.json = slog.New(slog.NewJSONHandler(h.errout, nil))
	default:
		return nil, fmt.Errorf("--log-format is text or json, got %q", format)
	}
	return j, nil
}

// note reports an event: as the sentence, or as an object whose msg is event, with
// fields as slog takes them.
func (j *journal) note(sentence, event string, fields ...any) {
	switch {
	case j.quiet:
	case j.json != nil:
		j.json.Info(event, fields...)
	default:
		j.host.say(false, "%s", sentence)
	}
}

// warn reports what went wrong and does not end the command.
func (j *journal) warn(text string) {
	if j.json == nil {
		j.host.complain("%s", text)
		return
	}
	j.json.Warn(text)
}

// fail reports why the command ends, and picks the exit code.
func (j *journal) fail(err error) int {
	if j.json == nil {
		return j.host.report(err)
	}
	j.json.Error(err.Error())
	return exitCode(err)
}

// reading returns a function that is told how many nodes of a state have been read, and
// says so, once, if that takes long.
func (j *journal) reading() func(nodes int) {
	began, told := j.host.now(), false
	return func(nodes int) {
		if !told && j.host.now().Sub(began) >= readingTold {
			told = true
			j.note(fmt.Sprintf("reading the nodes of the last time (--state): %d so far", nodes), "reading", "nodes", nodes)
		}
	}
}
