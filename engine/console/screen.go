package console

import (
	"bytes"
	"io"
	"os"
	"sync"
)

// Screen is the output of a console and of everything that runs in it. While a line is being typed,
// other output waits until it is a whole line and then appears above the prompt. It may be used
// from any goroutine.
type Screen struct {
	in          io.Reader
	out, errout io.Writer
	getenv      func(string) string

	mu      sync.Mutex
	drained sync.Cond
	wake    func()       // not nil while a line is being typed: asks its editor to call take
	held    bytes.Buffer // written meanwhile
	midLine bool         // the last byte on the terminal was not a newline
}

// maxHeld is how many bytes may wait to be shown above the prompt; a writer of more blocks (chosen
// by us).
const maxHeld = 256 << 10

// NewScreen makes the screen of a process from its streams and its environment; a nil environment
// is that of this process.
func NewScreen(in io.Reader, out, errout io.Writer, getenv func(string) string) *Screen {
	if getenv == nil {
		getenv = os.Getenv
	}
	s := &Screen{in: in, out: out, errout: errout, getenv: getenv}
	s.drained.L = &s.mu
	return s
}

// Interactive reports whether input and output are terminals.
func (s *Screen) Interactive() bool { return isTerminal(s.in) && isTerminal(s.out) }

// editable reports whether a line editor can work: the terminal must be able to move the cursor,
// and the streams must be the process's own.
func (s *Screen) editable() bool {
	term := s.getenv("TERM")
	return s.Interactive() && s.in == io.Reader(os.Stdin) && s.out == io.Writer(os.Stdout) && term != "" && term != "dumb"
}

// colour reports whether output may be coloured: https://no-color.org
func (s *Screen) colour() bool {
	term := s.getenv("TERM")
	return isTerminal(s.out) && term != "" && term != "dumb" && s.getenv("NO_COLOR") == ""
}

// size is the number of columns and rows; 100 by 40 if the output is not a terminal, or does not
// say.
func (s *Screen) size() (columns, rows int) {
	if f, ok := s.out.(*os.File); ok {
		if columns, rows, ok := windowSize(f); ok && columns > 0 && rows > 0 {
			return max(columns, 20), max(rows, 3)
		}
	}
	return 100, 40
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	_, _, ok = windowSize(f)
	return ok
}

// Out is the stream of results, to which print writes.
func (s *Screen) Out() io.Writer { return stream{s, s.out} }

// Errout is the stream of everything else.
func (s *Screen) Errout() io.Writer { return stream{s, s.errout} }

type stream struct {
	screen *Screen
	to     io.Writer
}

func (w stream) Write(p []byte) (int, error) { return w.screen.write(w.to, p) }

func (s *Screen) write(to io.Writer, p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.wake != nil && s.held.Len() > maxHeld {
		s.drained.Wait()
	}
	if s.wake == nil {
		s.note(p)
		return to.Write(p)
	}
	s.held.Write(p)
	if bytes.IndexByte(p, '\n') >= 0 {
		s.wake()
	}
	return len(p), nil
}

// freshLine ends an incomplete line on a terminal; the output to a pipe is not changed.
func (s *Screen) freshLine() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.midLine && isTerminal(s.out) {
		io.WriteString(s.out, "\n")
		s.midLine = false
	}
}

// entered is told that Enter was pressed, which ends the line of the prompt.
func (s *Screen) entered() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.midLine = false
}

// note remembers the position of the cursor after a write.
func (s *Screen) note(p []byte) {
	if len(p) > 0 {
		s.midLine = p[len(p)-1] != '\n'
	}
}

// typing begins the editing of a line, on a line of its own. From now on wake is called when there
// is output to take.
func (s *Screen) typing(wake func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.midLine {
		io.WriteString(s.out, "\n")
	}
	s.midLine = false
	s.wake = wake
}

// take returns the whole lines that wait.
func (s *Screen) take() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	end := bytes.LastIndexByte(s.held.Bytes(), '\n') + 1
	if end == 0 && s.held.Len() > maxHeld {
		end = s.held.Len()
	}
	text := string(s.held.Next(end))
	s.drained.Broadcast()
	return text
}

// typed ends the editing of a line, and writes the output that still waits.
func (s *Screen) typed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wake = nil
	if s.held.Len() > 0 {
		s.note(s.held.Bytes())
		s.out.Write(s.held.Bytes())
		s.held.Reset()
	}
	s.drained.Broadcast()
}
