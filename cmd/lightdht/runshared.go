package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/lightdht/lightdht/dht/share"
)

// runShared gets a script out of the DHT and runs it, once its user agrees.
func (h *host) runShared(ctx context.Context, o *runOptions, args []string) int {
	if _, err := share.ParseLink(args[0]); err != nil {
		return h.report(plainShare(err))
	}
	asks := h.terminal && h.inTerminal
	if !asks && !o.yes {
		return h.misused("a script that others shared is run after you have seen what it is; here there is nobody to ask: say --yes, or get it with \"lightdht fetch\"")
	}
	if _, err := o.onSockets(o.flags); err != nil && len(o.from) == 0 {
		return h.report(err)
	}
	if err := o.check(); err != nil {
		return h.report(err)
	}
	where, m := realFlags{join: o.from, reachFlags: o.reachFlags}, o.memberFlags
	if len(o.from) == 0 {
		where.join, where.live, where.bootstrap = o.join, o.live, o.bootstrap
	}
	f, code := h.fetchInTime(ctx, o, &where, &m, args[0])
	if f == nil {
		return code
	}
	s, err := f.script()
	if err == nil {
		err = s.finish(args[1:])
	}
	if err != nil {
		h.complain("%v: %v", f.link, err)
		return exitFailed
	}
	if asks && !o.yes {
		h.introduce(o, f, s)
		switch yes, err := h.ask(ctx, "Run it? [y/N] "); {
		case err != nil:
			h.complain("interrupted")
			return exitInterrupted
		case !yes:
			h.complain("not run; \"lightdht fetch %v\" gets it to look at", f.link)
			return exitFailed
		}
	}
	return h.runScript(ctx, o, s)
}

// fetchInTime is fetch, for no longer than --timeout. What is left of it is the
// script's; how long its user thinks does not count.
func (h *host) fetchInTime(ctx context.Context, o *runOptions, f *realFlags, m *memberFlags, link string) (*sharedFile, int) {
	began := h.now()
	ctx, over := h.limitTime(ctx, o)
	defer over()
	defer func() { o.spent = h.now().Sub(began) }()
	return h.fetch(ctx, f, m, link, o.quiet)
}

// introduce says what is about to be run, whose it is and what it will be able to
// do.
func (h *host) introduce(o *runOptions, f *sharedFile, s *script) {
	fmt.Fprintf(h.errout, "%s, %d bytes, %v\n", legible(f.name), len(f.data), f.link)
	if f.link.Name != "" {
		fmt.Fprintf(h.errout, "signed with the key %x\n", f.link.Key)
	}
	if s.header == nil || s.header.Title+s.header.Description == "" {
		fmt.Fprintf(h.errout, "it does not say what it is\n")
	} else {
		fmt.Fprintf(h.errout, "its author says:\n\n")
		quote(h.errout, s.header.Title+"\n"+s.header.Description)
	}
	network := "a simulated network"
	if sockets, _ := o.onSockets(o.flags); sockets {
		network = "the REAL network of your flags"
	} else if s.header != nil {
		network = "a network that is " + describeNetwork(s.header.Network)
	}
	fmt.Fprintf(h.errout, "\nIt runs on %s.\nIt may write in %s", network, h.freeFolder(o.filesDir(s)))
	for _, dir := range o.allowWrite {
		fmt.Fprintf(h.errout, " and %s", dir)
	}
	if len(o.allowRead) > 0 {
		fmt.Fprintf(h.errout, ", read in %s", strings.Join(o.allowRead, " and "))
	}
	fmt.Fprintf(h.errout, ", and touch nothing else of this machine.\n")
}

// maxAnswer is how long an answer may be, in bytes; ours.
const maxAnswer = 100

// ask asks a person. What follows the answer stays for the script to read. The
// error is that of ctx.
func (h *host) ask(ctx context.Context, question string) (bool, error) {
	fmt.Fprint(h.errout, question)
	answer := make(chan string, 1)
	go func() { // ends with the line, or with the process
		var line []byte
		for c := make([]byte, 1); len(line) < maxAnswer; line = append(line, c[0]) { // and no byte further
			if n, err := h.in.Read(c); n == 0 || err != nil || c[0] == '\n' {
				break
			}
		}
		answer <- strings.ToLower(strings.TrimSpace(string(line)))
	}()
	select {
	case text := <-answer:
		return text == "y" || text == "yes", nil
	case <-ctx.Done():
		fmt.Fprintln(h.errout) // what follows is not part of the question
		return false, ctx.Err()
	}
}
