package language

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

//go:embed prelude.lua
var prelude string

//go:embed reference.lua
var referenceScript string

// patience is how long one program may take; it ends one that the limit of instructions does not
// reach.
const patience = 5 * time.Second

// A reference runs programs by lua5.1, in one process until that breaks down. It is for one
// goroutine.
type reference struct {
	path   string
	script string // the file that lua5.1 runs
	in     io.WriteCloser
	out    *bufio.Reader
	stop   func()
}

// newReference finds lua5.1. The script is written to a folder of the caller's.
func newReference(dir string) (*reference, error) {
	path, err := exec.LookPath("lua5.1")
	if err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(dir, "reference-*.lua")
	if err != nil {
		return nil, err
	}
	if _, err := f.WriteString(referenceScript); err != nil {
		return nil, err
	}
	return &reference{path: path, script: f.Name()}, f.Close()
}

func (r *reference) start() error {
	command := exec.Command(r.path, r.script)
	command.Env = append(os.Environ(), "TZ=UTC", "LC_ALL=C")
	in, err := command.StdinPipe()
	if err != nil {
		return err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	r.in, r.out = in, bufio.NewReaderSize(out, 1<<16)
	r.stop = func() {
		command.Process.Kill()
		command.Wait() // its error is that it was killed
		r.in = nil
	}
	return r.send("", prelude)
}

// send sends a program. It is never empty, or lua5.1 would wait for the next one before it reads
// nothing.
func (r *reference) send(word, text string) error {
	_, err := fmt.Fprintf(r.in, "%d %s\n%s\n", len(text)+1, word, text)
	return err
}

func (r *reference) close() {
	if r.in != nil {
		r.stop()
	}
}

func (r *reference) run(program string) outcome { return r.runAs("", program) }

// ownPlace is where the reference itself runs a program, as an error of a level beyond the
// program's own shows it.
var ownPlace = regexp.MustCompile(`[^ "\n]*reference-\d+\.lua:\d+: `)

// again runs a program so that whatever may come out otherwise does.
func (r *reference) again(program string) outcome { return r.runAs("again", program) }

func (r *reference) runAs(word, program string) outcome {
	if r.in == nil {
		if err := r.start(); err != nil {
			return outcome{ending: "lost", text: err.Error()}
		}
	}
	stop := r.stop
	timer := time.AfterFunc(patience, stop)
	defer timer.Stop()
	o, err := r.exchange(word, program)
	if err != nil {
		r.close()
		return outcome{ending: "limit", text: err.Error()}
	}
	return o
}

const mark = "\x00END "

// exchange sends a program and reads until the mark.
func (r *reference) exchange(word, program string) (o outcome, err error) {
	if err := r.send(word, program); err != nil {
		return o, err
	}
	var output strings.Builder
	for {
		line, err := r.out.ReadString('\n')
		if err != nil {
			return o, err
		}
		if before, after, ok := strings.Cut(line, mark); ok {
			output.WriteString(before)
			err := r.ending(&o, after)
			o.output = ownPlace.ReplaceAllString(output.String(), "")
			o.text = ownPlace.ReplaceAllString(o.text, "")
			return o, err
		}
		output.WriteString(line)
	}
}

func (r *reference) ending(o *outcome, line string) error {
	ending, length, _ := strings.Cut(strings.TrimSpace(line), " ")
	n, err := strconv.Atoi(length)
	if err != nil {
		return err
	}
	text := make([]byte, n+1)
	if _, err := io.ReadFull(r.out, text); err != nil {
		return err
	}
	o.ending, o.text = ending, string(text[:n])
	return nil
}
