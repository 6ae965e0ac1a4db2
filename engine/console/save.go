package console

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// logged is a chunk that ran without an error.
type logged struct {
	source     string
	expression bool
	scalar     bool   // print shows its value as well
	silent     bool   // it had no value
	file       string // its file; "" if it was typed
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

// script is the chunk as a part of a script: its value is assigned to _, as it was here, and
// printed if print can show it.
func (l logged) script() string {
	open := strings.HasPrefix(l.source, "(") // the line before would be a call of it
	if l.expression && (open || !l.silent) {
		return l.shown(l.source)
	}
	text := l.source
	if open {
		text = ";" + text
	}
	o := outlineOf(text)
	switch {
	case o.early >= 0 || o.label:
		return l.contained(text, &o)
	case o.last < 0:
		return text + "\n"
	}
	head, values := lines(text[:o.last]), strings.TrimLeft(text[o.last+len("return"):], " ")
	switch {
	case !l.silent:
		return head + l.shown(values)
	case !isLua(values): // "..."
		return head
	case strings.HasPrefix(values, "("):
		values = ";" + values
	}
	return head + lines(values) // a call, or a comment
}

// contained is a chunk with a return within a statement: from that statement on it becomes a
// function, or the return would end the script. A chunk with a label becomes a function, too. The
// variables that are declared in it are declared before it, for later chunks; they begin with the
// earlier values of their names, since the chunk may return before it declares them.
func (l logged) contained(text string, o *outline) string {
	start := o.early
	if o.label { // a jump must not leave the function
		start = 0
	}
	names, hidden, body := o.hoist(text, start)
	head := lines(text[:start])
	if list := strings.Join(names, ", "); list != "" {
		head += "local " + list + " = " + list + "\n"
	}
	call := "(function(...)\n"
	if hidden {
		call += "local _ = _\n"
	}
	call += lines(body) + "end)()"
	if l.silent {
		return head + ";" + call + "\n"
	}
	return head + l.shown(call)
}

func (l logged) shown(values string) string {
	text := "_ = " + strings.TrimLeft(values, " ") + "\n"
	if l.scalar {
		text += "print(_)\n"
	}
	return text
}

// lines ends a text with the end of a line, if there is any.
func lines(text string) string {
	if text = strings.TrimRight(text, " \n"); text == "" {
		return ""
	}
	return text + "\n"
}

// oneHeader returns an error if more than one chunk of the session has a header: the session would
// not run as a script. Call it on the baton.
func (c *Console) oneHeader() error {
	var with []string
	for _, l := range c.log {
		if c.o.Header != nil && c.o.Header(l.file, l.source) {
			with = append(with, cmp.Or(l.file, "what was typed"))
		}
	}
	if len(with) < 2 {
		return nil
	}
	return fmt.Errorf("there are headers in %s, and a script has one; nothing was written. Take it out of a file and :load that again, or begin anew", strings.Join(with, " and "))
}

// save writes the session to a new file.
func (c *Console) save(path string) (chunks int, err error) {
	if c.onBaton(func() { err = c.oneHeader() }); err != nil {
		return 0, err
	}
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

// readScript reads a file for :load.
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
