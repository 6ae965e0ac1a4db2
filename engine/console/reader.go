package console

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/engine/syntax"
)

// reader reads one chunk after the other.
type reader interface {
	// read returns a chunk, which may have several lines; errInterrupted after Ctrl-C, with what
	// had been typed; io.EOF at the end.
	read() (string, error)
	// again shows the prompt anew, and stop has a read that is going on end, if it can; both from
	// another goroutine.
	again()
	stop() bool
	// close gives back what the reader took; no read goes on any more.
	close()
}

// errInterrupted is what Ctrl-C makes of a line that is being typed.
var errInterrupted = errors.New("console: interrupted")

// maxChunk is the longest chunk, in bytes; the engine's own limit for a script.
const maxChunk = 1 << 20

// whole reports whether a chunk can be run as it stands, or never will.
func whole(text string) bool {
	if isCommand(text) && !strings.HasPrefix(strings.TrimSpace(text), ":bg") {
		return true
	}
	code := codeOf(text)
	return !engine.Incomplete(code) || withValue(code) != code
}

// maxTail is how many lines the expression at the end of a chunk may have; ours.
const maxTail = 20

// withValue has a chunk of several lines return the expression in its last ones: a call, or what
// Lua by itself takes for half a statement. People paste such chunks.
func withValue(code string) string {
	if isLua("return " + code) {
		return code
	}
	chunk, err := syntax.Parse(code)
	if e, ok := errors.AsType[*syntax.Error](err); ok && strings.HasPrefix(e.Message, "ambiguous") {
		return code // two statements as well as one: the person is to say which
	}
	begin := 0 // the line of a call at the end
	if err == nil {
		if begin = lastCall(chunk); begin == 0 {
			return code
		}
	}
	end := len(code)
	for range maxTail {
		at := strings.LastIndexByte(code[:end], '\n')
		if at < 0 {
			break
		}
		begins := begin == strings.Count(code[:at+1], "\n")+1
		if text := code[:at+1] + "return " + code[at+1:]; (begins || err != nil) && isLua(code[:at]) && isLua(text) {
			return text
		}
		end = at
	}
	return code
}

// lastCall is the line on which the last statement of a chunk begins, if that is a call; else 0.
func lastCall(chunk *syntax.Chunk) int {
	stmts := chunk.Body.Stmts
	if len(stmts) == 0 {
		return 0
	}
	call, ok := stmts[len(stmts)-1].(*syntax.CallStmt)
	if !ok {
		return 0
	}
	return call.First
}

func isLua(code string) bool {
	_, err := syntax.Parse(code)
	return err == nil
}

// codeOf is the Lua part of what was typed: "= 1" is an expression as in Lua's own console, ":bg
// CODE" is code.
func codeOf(text string) string {
	text = strings.TrimSpace(text)
	if name, rest, _ := strings.Cut(text, " "); name == ":bg" {
		return rest
	}
	return strings.TrimPrefix(text, "=")
}

// isCommand reports whether the text is for the console and not for Lua: it begins with a colon, as
// no Lua does but for a label.
func isCommand(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasPrefix(text, ":") && !strings.HasPrefix(text, "::")
}

// lineReader reads without an editor: from a pipe, or from a terminal that can do no more than
// print.
type lineReader struct {
	screen *Screen
	lines  *bufio.Reader
	prompt func(more bool) string // nil: none is shown
}

func (r *lineReader) read() (string, error) {
	var text strings.Builder
	for {
		if r.prompt != nil {
			io.WriteString(r.screen.Out(), r.prompt(text.Len() > 0))
		}
		line, err := r.lines.ReadString('\n')
		r.screen.entered()
		text.WriteString(line)
		if err != nil {
			if strings.TrimSpace(text.String()) != "" && errors.Is(err, io.EOF) {
				return text.String(), nil // the next call meets the end again
			}
			if r.prompt != nil { // what comes after us gets a line of its own
				io.WriteString(r.screen.Out(), "\n")
			}
			return "", err
		}
		if whole(text.String()) || text.Len() > maxChunk {
			return strings.TrimRight(text.String(), "\r\n"), nil
		}
	}
}

func (r *lineReader) again() {
	if r.prompt != nil {
		io.WriteString(r.screen.Out(), r.prompt(false))
	}
}

// stop cannot do anything: the system call that reads goes on until its stream ends.
func (r *lineReader) stop() bool { return false }

func (r *lineReader) close() {}
