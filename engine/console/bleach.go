package console

import (
	"bytes"
	"io"
	"os"
	"regexp"
	"strings"
)

// bleach removes the colours from the output of the line editor, which has no switch for that. The
// editor draws on os.Stdout, which is replaced by the end of a pipe while there is a bleach.
type bleach struct {
	terminal *os.File
	in, out  *os.File      // the ends of the pipe
	reached  chan struct{} // signalled when the mark has been copied
	ended    chan struct{}
}

// mark is a byte that the editor never draws.
const mark = 0

// newBleach replaces os.Stdout by a pipe.
func newBleach() (*bleach, error) {
	b := &bleach{terminal: os.Stdout, reached: make(chan struct{}, 1), ended: make(chan struct{})}
	var err error
	if b.out, b.in, err = os.Pipe(); err != nil {
		return nil, err
	}
	os.Stdout = b.in
	go b.pass() // until close
	return b, nil
}

// flush waits until everything that was drawn is on the terminal.
func (b *bleach) flush() {
	if _, err := b.in.Write([]byte{mark}); err == nil {
		<-b.reached
	}
}

// close restores os.Stdout.
func (b *bleach) close() {
	os.Stdout = b.terminal
	b.in.Close()
	<-b.ended
	b.out.Close()
}

// pass copies from the pipe to the terminal.
func (b *bleach) pass() {
	defer close(b.ended)
	chunk, held := make([]byte, 64<<10), []byte(nil)
	for {
		n, err := b.out.Read(chunk)
		held = append(held, chunk[:n]...)
		marked := bytes.LastIndexByte(held, mark) + 1
		whole := marked + wholeSequences(held[marked:])
		if err != nil {
			whole = len(held)
		}
		io.WriteString(b.terminal, bleached(strings.ReplaceAll(string(held[:whole]), string(rune(mark)), "")))
		held = append(held[:0], held[whole:]...)
		if marked > 0 {
			select {
			case b.reached <- struct{}{}:
			default: // an earlier signal is pending
			}
		}
		if err != nil {
			return
		}
	}
}

// wholeSequences is the length of a text without an incomplete sequence at its end.
func wholeSequences(text []byte) int {
	const longest = 32
	at := bytes.LastIndexByte(text, '\x1b')
	if at < 0 || len(text)-at > longest {
		return len(text)
	}
	for i := at + 2; i < len(text); i++ { // after ESC [
		if text[i] >= '@' {
			return len(text)
		}
	}
	return at
}

// rendition matches the sequences that select colours, bold letters and the like (ECMA-48, SGR).
var rendition = regexp.MustCompile("\x1b\\[([0-9;]*)m")

// bleached is a text without colours: bold, faint and reversed letters stay.
func bleached(text string) string {
	return rendition.ReplaceAllStringFunc(text, func(sequence string) string {
		var kept []string
		codes := strings.Split(sequence[2:len(sequence)-1], ";")
		for i := 0; i < len(codes); i++ {
			switch code := strings.TrimLeft(codes[i], "0"); {
			case code == "38" || code == "48": // 38;5;N and 38;2;R;G;B
				i += 2
				if i <= len(codes) && strings.TrimLeft(codes[i-1], "0") == "2" {
					i += 2
				}
			case len(code) >= 2 && strings.Contains("349", code[:1]) || len(code) == 3:
			default:
				kept = append(kept, codes[i])
			}
		}
		if len(kept) == 0 {
			return ""
		}
		return "\x1b[" + strings.Join(kept, ";") + "m"
	})
}
