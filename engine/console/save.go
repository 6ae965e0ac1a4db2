package console

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// logged is a chunk that went well.
type logged struct {
	source     string
	expression bool
	scalar     bool // what it showed is something that print shows as well
}

// script is the session as a script: what was an expression sets _, as it did here, and is printed if print can.
func (c *Console) script() string {
	var b strings.Builder
	if c.o.Preamble != nil {
		b.WriteString(c.o.Preamble())
	}
	for _, l := range c.log {
		if l.expression {
			b.WriteString("_ = ")
		}
		b.WriteString(l.source + "\n")
		if l.expression && l.scalar {
			b.WriteString("print(_)\n")
		}
	}
	return b.String()
}

// save writes the session to a file where there was none.
func (c *Console) save(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists; choose another name", path)
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(c.script())
	return errors.Join(err, f.Close())
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
