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
	// read returns a chunk, which may have several lines; errInterrupted after Ctrl-C, with the
	// text typed so far; io.EOF at the end.
	read() (string, error)
	// again redraws the prompt, and stop ends a read if it can; both are called from another
	// goroutine.
	again()
	stop() bool
	// close restores the terminal; no read may run any more.
	close()
}

// errInterrupted is the error of a line that Ctrl-C ended.
var errInterrupted = errors.New("console: interrupted")

// maxChunk is the longest chunk, in bytes; the engine's own limit for a script.
const maxChunk = 1 << 20

// whole reports whether a chunk is complete, or wrong in any case.
func whole(text string) bool {
	if isCommand(text) && !strings.HasPrefix(strings.TrimSpace(text), ":bg") {
		return true
	}
	code := codeOf(text)
	return !engine.Incomplete(code) || withValue(code) != code
}

// maxTail is the most lines of the expression at the end of a chunk (chosen by us).
const maxTail = 20

// withValue makes a chunk of several lines return the expression in its last lines: a call, or an
// expression that is not a statement in Lua. People paste such chunks.
func withValue(code string) string {
	if isLua("return " + code) {
		return code
	}
	chunk, err := syntax.Parse(code)
	if e, ok := errors.AsType[*syntax.Error](err); ok && strings.HasPrefix(e.Message, "ambiguous") {
		return code // ambiguous: two statements or one
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

// codeOf is the Lua part of a typed line: "= 1" is an expression as in Lua's own console, ":bg
// CODE" is code.
func codeOf(text string) string {
	text = strings.TrimSpace(text)
	if name, rest, _ := strings.Cut(text, " "); name == ":bg" {
		return rest
	}
	return strings.TrimPrefix(text, "=")
}

// isCommand reports whether a line is a command of the console: it begins with a colon, and is not
// a label of Lua.
func isCommand(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasPrefix(text, ":") && !strings.HasPrefix(text, "::")
}

// lineReader reads without an editor: from a pipe, or from a simple terminal.
type lineReader struct {
	screen *Screen
	lines  *bufio.Reader
	prompt func(more bool) string // nil: no prompt
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
				return text.String(), nil // the next call returns the end again
			}
			if r.prompt != nil { // later output begins on a line of its own
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

// stop has no effect: the system call that reads goes on until its stream ends.
func (r *lineReader) stop() bool { return false }

func (r *lineReader) close() {}
