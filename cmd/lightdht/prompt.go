package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/lightdht/lightdht/engine/bundle"
	"github.com/lightdht/lightdht/engine/files"
	"github.com/lightdht/lightdht/engine/visible"
	"github.com/lightdht/lightdht/luabind/experiment"
	"github.com/lightdht/lightdht/scripts"
)

// consent shows what is about to be run, and asks. The error is that of ctx.
func (h *host) consent(ctx context.Context, o *runOptions, f *offer) (bool, error) {
	h.introduce(o, f)
	for {
		answer, err := h.ask(ctx, "Run it? [y/N], or v to view it, d for what differs from the version run last: ")
		switch {
		case err != nil:
			return false, err
		case answer == "v" || answer == "view":
			err = h.page(ctx, numberedLines(listing(f.script)))
		case answer == "d" || answer == "diff":
			err = h.page(ctx, slices.Values(f.differences(h.ran)))
		default:
			return answer == "y" || answer == "yes", nil
		}
		if err != nil {
			return false, err
		}
	}
}

// introduce says what is about to be run, who signed it and what it may do.
func (h *host) introduce(o *runOptions, f *offer) {
	s, from := f.script, ""
	if f.link != nil {
		from = ", " + f.link.String()
	}
	fmt.Fprintf(h.errout, "%s, %d bytes%s\n", visible.Line(f.name), f.size, from)
	if f.link != nil && f.link.Name != "" {
		fmt.Fprintf(h.errout, "signed with the key %x\n", f.link.Key)
	} else {
		fmt.Fprintf(h.errout, "nobody has signed it\n")
	}
	if s.Header == nil || s.Header.Title+s.Header.Description == "" {
		fmt.Fprintf(h.errout, "it does not say what it is\n")
	} else {
		fmt.Fprintf(h.errout, "its author says:\n\n")
		quote(h.errout, s.Header.Title+"\n"+s.Header.Description)
	}
	fmt.Fprintln(h.errout)
	for _, lines := range [][]string{o.networkLines(s), o.reachLines(), o.limitLines(), o.fileLines(s)} {
		for _, line := range lines {
			fmt.Fprintf(h.errout, "%s\n", visible.Line(line))
		}
	}
}

// networkLines say what a script runs on.
func (o *runOptions) networkLines(s *experiment.Experiment) []string {
	if sockets, _ := o.onSockets(o.flags); sockets {
		return []string{"It runs on the REAL network of your flags."}
	}
	lines := []string{"It runs on a network that is " + describeNetwork(o.simSpec(s.Header)) + "."}
	if !o.spec.Has("nodes") {
		lines = append(lines, fmt.Sprintf("It gets %d nodes at most (--sim).", givenNodes))
	}
	return lines
}

// limitLines say how long a script may run, and how much it may take.
func (o *runOptions) limitLines() []string {
	long := "as long as it likes"
	if o.timeout > 0 {
		long = fmt.Sprintf("for %v", o.timeout)
	}
	return []string{
		fmt.Sprintf("It may run %s (--timeout), and take %s of memory (--max-memory).", long, o.maxMemory.text()),
		fmt.Sprintf("It may print and write %s (--max-output).", o.maxOutput.text()),
	}
}

// fileLines say which files a script may touch.
func (o *runOptions) fileLines(s *experiment.Experiment) []string {
	line := "It may write in " + files.Free(s.FilesDir(&experiment.Options{RunDir: o.runDir}))
	for _, dir := range o.allowWrite {
		line += " and " + where(dir)
	}
	var read []string
	if s.Dir != "" {
		read = append(read, "the folder "+where(s.Dir))
	}
	for _, dir := range o.allowRead {
		read = append(read, where(dir))
	}
	if len(read) > 0 {
		line += ", read in " + strings.Join(read, " and ")
	}
	return []string{line + ", and touch nothing else of this machine."}
}

// where names a folder, and the one that it really is if links lead there.
func where(dir string) string {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil || real == filepath.Clean(dir) {
		return dir
	}
	return dir + " (which is " + real + ")"
}

// listing is the Lua text that is known before a script is run: its own, and that of the modules
// that it names.
func listing(s *experiment.Experiment) (sources []bundle.File) {
	sources = []bundle.File{{Name: s.Name, Data: []byte(s.Source)}}
	var all []bundle.File
	switch {
	case s.Archive != nil:
		all = s.Archive.Files
	case s.Dir != "" && s.Path != "":
		folder, leave, err := openFolder(s.Dir)
		if err != nil {
			break
		}
		defer leave()
		all, _, _ = bundle.Collect(folder, filepath.Base(s.Path), scripts.FS) // the run reports what is wrong with it
	}
	own := cmp.Or(filepath.Base(s.Path), ".")
	for _, f := range all {
		if strings.HasSuffix(f.Name, ".lua") && f.Name != s.Name && f.Name != own {
			sources = append(sources, f)
		}
	}
	return sources
}

// text is a listing as it is kept and compared; not ok if it is too long for that.
func text(sources []bundle.File) (text string, ok bool) {
	var b strings.Builder
	for _, f := range sources {
		if b.Len()+len(f.Data) > files.MaxText {
			return "", false
		}
		fmt.Fprintf(&b, "%s:\n%s", visible.Line(f.Name), f.Data)
		if len(f.Data) > 0 && f.Data[len(f.Data)-1] != '\n' {
			b.WriteByte('\n')
		}
	}
	return b.String(), true
}

// numberedLines are the lines of a listing behind their numbers, which tell them from our own
// words.
func numberedLines(sources []bundle.File) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, f := range sources {
			if !yield(visible.Line(f.Name) + ":") {
				return
			}
			n := 0
			for line := range strings.Lines(string(f.Data)) {
				n++
				for _, piece := range barred(fmt.Sprintf("%5d | ", n), line) {
					if !yield(piece) {
						return
					}
				}
			}
		}
	}
}

// barred is a line of a stranger behind a lead that ends with a bar, in pieces that fit a terminal.
func barred(lead, line string) (pieces []string) {
	line = strings.ReplaceAll(visible.Text(strings.TrimSuffix(line, "\n")), "\t", "    ")
	for i, piece := range broken(line, quoteColumns) {
		if i > 0 {
			lead = strings.Repeat(" ", len(lead)-2) + "| "
		}
		pieces = append(pieces, lead+piece)
	}
	return pieces
}

// differences are those of a script from the version of it that was run last.
func (f *offer) differences(ran files.Shelf) (lines []string) {
	before, err := ran.Get(f.key())
	if errors.Is(err, fs.ErrNotExist) {
		return []string{"none was run before, or it is not known any more"}
	}
	if err != nil {
		return []string{"the version run last cannot be read: " + visible.Line(err.Error())}
	}
	now, ok := text(listing(f.script))
	switch {
	case !ok:
		return []string{"it is too long to be compared"}
	case before == now:
		return []string{"it is the version run last"}
	}
	for line := range strings.Lines(string(diff.Diff("run last", []byte(before), "now", []byte(now)))) {
		lines = append(lines, barred("  | ", line)...)
	}
	return lines
}

// remember keeps what is about to be run, to compare the next version with.
func (h *host) remember(o *runOptions, f *offer) {
	source, ok := text(listing(f.script))
	err := files.ErrTooLong
	if ok {
		err = h.ran.Put(f.key(), source)
	}
	if err != nil && o.verbose {
		h.say(o.quiet, "this version is not kept to compare the next one with: %v", err)
	}
}
