package console

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"
)

// logged is a chunk that went well.
type logged struct {
	source     string
	expression bool
	scalar     bool // what it showed is something that print shows as well
	silent     bool // it had no value
}

// script is the session as a script. Call it on the baton.
func (c *Console) script() string {
	var b strings.Builder
	for _, l := range c.log {
		b.WriteString(l.script())
	}
	if c.o.Preamble == nil {
		return b.String()
	}
	return c.o.Preamble(b.String()) + b.String()
}

// script is the chunk as a part of a script: what had a value sets _, as it did here, and is printed if print can.
func (l logged) script() string {
	open := strings.HasPrefix(l.source, "(") // the line before would call it
	if l.expression && (open || !l.silent) {
		return l.shown(l.source)
	}
	text := l.source
	if open {
		text = ";" + text
	}
	head, values, ok := splitReturn(text)
	if !ok {
		return text + "\n"
	}
	if strings.TrimSpace(head) != "" {
		head += "\n"
	}
	if strings.Trim(values, "; \n") == "" {
		return head
	}
	return head + l.shown(values)
}

func (l logged) shown(values string) string {
	text := "_ = " + strings.TrimLeft(values, " ") + "\n"
	if l.scalar {
		text += "print(_)\n"
	}
	return text
}

// splitReturn cuts a chunk before the return at its end, which would end a script. values is what it returns.
func splitReturn(source string) (head, values string, ok bool) {
	const word = "return"
	if !returns(source) {
		return "", "", false
	}
	for i := strings.LastIndex(source, word); i >= 0; i = strings.LastIndex(source[:i], word) {
		head, tail := source[:i], source[i:]
		if chunk, err := parse.Parse(strings.NewReader(head), ""); err == nil && !endsInReturn(chunk) && returns(tail) {
			return head, tail[len(word):], true
		}
	}
	return "", "", false
}

// returns reports whether a text is a chunk that ends in a return.
func returns(text string) bool {
	chunk, err := parse.Parse(strings.NewReader(text), "")
	return err == nil && endsInReturn(chunk)
}

func endsInReturn(chunk []ast.Stmt) bool {
	if len(chunk) == 0 {
		return false
	}
	_, ok := chunk[len(chunk)-1].(*ast.ReturnStmt)
	return ok
}

// save writes the session to a file where there was none.
func (c *Console) save(path string) (chunks int, err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return 0, fmt.Errorf("%s exists; choose another name", path)
	}
	if err != nil {
		return 0, err
	}
	var text string
	c.onBaton(func() { text, chunks = c.script(), len(c.log) })
	_, err = f.WriteString(text)
	return chunks, errors.Join(err, f.Close())
}

// readScript reads a file to run here.
func readScript(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	if len(text) > maxChunk {
		return "", fmt.Errorf("%s is longer than %d bytes", path, maxChunk)
	}
	if strings.HasPrefix(string(text), "#") { // "#!/usr/bin/env ..."
		return "--" + string(text), nil
	}
	return string(text), nil
}
