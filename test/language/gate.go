package language

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// A finding is a program for which two implementations differ.
type finding struct {
	seed      uint64
	sort      string // see differ
	program   *node
	got, want outcome
}

func (f finding) String() string {
	got, want := firstDifference(f.got, f.want)
	return fmt.Sprintf("seed %d, %s:\n%s\n  got:  %s\n  want: %s\n", f.seed, f.sort, indented(f.program.String()), got, want)
}

func indented(s string) string { return "    " + strings.ReplaceAll(s, "\n", "\n    ") }

// A gate compares two implementations. Each worker has its own.
type gate struct {
	make    func() (got implementation, want judge, err error)
	workers int
}

// run compares the programs of some seeds, and returns those that differ by seed.
func (g gate) run(first, count uint64) (found []finding, err error) {
	var group sync.WaitGroup
	var mutex sync.Mutex
	for w := range g.workers {
		group.Go(func() {
			got, want, e := g.make()
			for seed := first + uint64(w); e == nil && seed < first+count; seed += uint64(g.workers) {
				if f, differs := compare(seed, program(seed), got, want); differs {
					mutex.Lock()
					found = append(found, f)
					mutex.Unlock()
				}
			}
			mutex.Lock()
			defer mutex.Unlock()
			if e != nil {
				err = e
			}
		})
	}
	group.Wait()
	slices.SortFunc(found, func(a, b finding) int { return cmp.Compare(a.seed, b.seed) })
	return found, err
}

func compare(seed uint64, p *node, got, want implementation) (finding, bool) {
	text := p.String()
	f := finding{seed: seed, program: p, got: got.run(text), want: want.run(text)}
	if f.sort = differ(f.got, f.want); f.sort == "value" && meetsNaN(p, want) {
		f.sort = ""
	}
	return f, f.sort != ""
}

// meetsNaN reports whether a program makes text of what is not a number, of -0, or of an object.
// What it then does with it, such as taking its length, depends on a sign or an address that is not
// compared.
func meetsNaN(p *node, want implementation) bool {
	return strings.Contains(want.run(watched(p).String()).output, "text of nan\n")
}

// watched is a program that calls functions of the prelude in the place of .. and tostring.
func watched(n *node) *node {
	c := *n
	c.kids = nil
	for _, k := range n.kids {
		c.kids = append(c.kids, watched(k))
	}
	switch {
	case n.form == "..":
		return callOf("join", c.kids)
	case n.form == "name" && n.text[0] == "tostring":
		return name("totext")
	}
	return &c
}

func callOf(f string, args []*node) *node {
	n := made("call", expression, []string{f + "(", ")"}, listOf(0, args...))
	n.level = prefixLevel
	return n
}

// reduced makes a finding small. The rest differs in the same sort of thing, and is settled by the
// language: a program that shows a random number, or in what order pairs goes, is not what was
// found.
func reduced(f finding, got implementation, want judge) finding {
	small := f
	reduce(f.program, func(p *node) bool {
		c, differs := compare(f.seed, p, got, want)
		if !differs || c.sort != f.sort || differ(want.again(p.String()), c.want) != "" {
			return false
		}
		c.program = copyOf(p)
		small = c
		return true
	})
	return small
}

var (
	quotedName = regexp.MustCompile(`'[^']*'`)
	word       = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|\b[a-z]{3}\b|\b0x[0-9a-fA-F]+|[0-9.]+(?:e[-+]?[0-9]+)?`)
	wordsKept  = regexp.MustCompile(`^(?:and|end|for|not|nil)$`)
)

// key is the same for findings that are alike but for names and numbers: where their outcomes part,
// and their last lines.
func (f finding) key() string {
	got, want := firstDifference(f.got, f.want)
	lines := strings.Split(f.program.String(), "\n")
	text := quotedName.ReplaceAllString(got+" "+want, "''") + " " + lines[len(lines)-1]
	return f.sort + ": " + word.ReplaceAllStringFunc(text, func(w string) string {
		if wordsKept.MatchString(w) {
			return w
		}
		return "_"
	})
}
