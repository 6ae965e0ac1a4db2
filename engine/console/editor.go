package console

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/reeflective/readline"
	"github.com/reeflective/readline/inputrc"
)

// editor reads chunks from a terminal, with a line editor.
type editor struct {
	screen *Screen
	shell  *readline.Shell
	prompt func(more bool) string
	above  string  // text to write before the prompt is drawn next
	busy   bool    // the prompt is called for its width only
	bleach *bleach // nil: with colours
}

func newEditor(s *Screen, h readline.History, prompt func(more bool) string, complete func(line string, at int) completions, hint func(line string, at int) string) *editor {
	ed := &editor{screen: s, shell: readline.NewShell(), prompt: prompt}
	sh := ed.shell
	sh.AcceptMultiline = func(line []rune) bool { return whole(string(line)) }
	sh.Completer = func(line []rune, cursor int) readline.Completions {
		head := string(line[:min(cursor, len(line))])
		return complete(string(line), len(head)).forReadline(head)
	}
	sh.Prompt.Primary(ed.draw)
	sh.Prompt.Secondary(ed.indent)
	sh.Prompt.Right(func() string { ed.busy = false; return "" })
	sh.Hint.SetProvider(func(line []rune, cursor int) []rune {
		ed.busy = true
		return []rune(hint(string(line), len(string(line[:min(cursor, len(line))]))))
	})
	sh.History.Add("history", h)
	for name, value := range map[string]any{
		"menu-complete-display-prefix": true, // Tab completes the common prefix, and then shows the choices
		"enable-bracketed-paste":       true,
		"multiline-column":             true,
		"convert-meta":                 false, // or typing UTF-8 breaks
		"bell-style":                   "none",
		// When asked for the position of the cursor, a terminal answers among the keys, and the
		// editor would lose keys that were read with the answer. It does not ask as long as there
		// is a free line below; see reserve.
		"cursor-position-probe": false,
	} {
		sh.Config.Set(name, value)
	}
	if !s.colour() {
		sh.Config.Set("completion-selection-style", reversed)
		ed.bleach, _ = newBleach() // without a pipe there are colours
	}
	// The editor's own command for Ctrl-C takes a key that was typed ahead for a part of it, and
	// loses it.
	sh.Keymap.Register(map[string]func(){"interrupt-line": func() {
		sh.Display.ResetHelpers()
		sh.Display.AcceptLine()
		sh.History.Accept(false, false, readline.ErrInterrupt)
	}})
	for _, keys := range sh.Config.Binds {
		for key, bind := range keys {
			if action, ok := withinLines[bind.Action]; ok {
				keys[key] = inputrc.Bind{Action: action}
			}
		}
		keys[ctrlC] = inputrc.Bind{Action: "interrupt-line"}
		keys[earlyCtrlD] = inputrc.Bind{Action: "end-of-file"}
	}
	return ed
}

// Keys. A Ctrl-D that is typed while a chunk runs reaches the editor as an empty read, which Linux
// turns into a zero byte.
const (
	ctrlC      = "\x03"
	earlyCtrlD = "\x00"
)

// withinLines makes the arrow keys, which are those of the history, move through the lines of a
// chunk first.
var withinLines = map[string]string{"previous-history": "up-line-or-history", "next-history": "down-line-or-history"}

// reversed shows the selected item of a menu without colours.
const reversed = "\x1b[7m"

func (ed *editor) read() (string, error) {
	ed.busy = false
	ed.screen.typing(ed.shell.Keys.RequestRefresh)
	text, err := ed.shell.Readline()
	if ed.bleach != nil {
		ed.bleach.flush()
	}
	ed.screen.typed()
	switch {
	case errors.Is(err, readline.ErrInterrupt):
		return text, errInterrupted
	case err != nil:
		return "", io.EOF
	}
	return text, nil
}

func (ed *editor) again() {}

func (ed *editor) close() {
	if ed.bleach != nil {
		ed.bleach.close()
	}
}

// stop types Ctrl-C.
func (ed *editor) stop() bool {
	ed.shell.Keys.Feed(false, []rune(ctrlC)...)
	ed.shell.Keys.RequestRefresh()
	return true
}

// draw is the primary prompt. The editor calls it on its own goroutine at the start of every frame,
// with the cursor at the beginning of the prompt: only there can text be written above the line
// that is being typed. It calls it again later in a frame, for the width; by then it has called the
// provider of hints, and not yet the right prompt.
func (ed *editor) draw() string {
	if !ed.busy {
		if text := ed.screen.take(); text != "" {
			ed.above = "\x1b[J" + strings.ReplaceAll(text, "\n", "\r\n")
		}
		ed.above += ed.reserve()
		ed.shell.Prompt.SecondaryPrint() // goes to the beginning of the frame
	}
	return ed.prompt(false)
}

// reserve scrolls the terminal if there is no room for the input line and one more below it.
func (ed *editor) reserve() string {
	width, height := ed.screen.size()
	rows := 0
	for _, line := range strings.Split(string(*ed.shell.Line()), "\n") {
		rows += 1 + (visible(ed.prompt(false))+visible(line))/width
	}
	rows = min(rows, height-1)
	return strings.Repeat("\n", rows) + "\x1b[" + strconv.Itoa(rows) + "A"
}

// indent is the prompt of the last line of several, and writes the text above.
func (ed *editor) indent() string {
	if text := ed.above; text != "" {
		ed.above = ""
		return text
	}
	return ed.prompt(true)
}
