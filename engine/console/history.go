package console

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/lightdht/lightdht/engine/files"
)

// maxHistory is how many chunks of earlier sessions are remembered (chosen by us).
const maxHistory = 5000

// history has the chunks of this session and of earlier ones. The file has one JSON string per
// chunk, since a chunk may have several lines, and is readable by its owner only, for privacy.
// Concurrent sessions append to the same file.
type history struct {
	mu     sync.Mutex
	path   string // "": not kept
	chunks []string
}

// openHistory reads the history of an application, and makes its folder when needed. If the folder
// or the file cannot be used, the history is that of this session, and the error says why.
func openHistory(path string) (*history, error) {
	h := &history{}
	if path == "" {
		return h, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return h, fmt.Errorf("console: no history: %w", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return h, fmt.Errorf("console: no history: %w", err)
	}
	defer f.Close()
	if err := f.Chmod(0o600); err != nil {
		return h, fmt.Errorf("console: no history: %w", err)
	}
	h.path = path
	return h, h.load(f)
}

// load reads the chunks of a file and leaves out lines that are not JSON strings. A file with more
// than twice the remembered chunks is shortened.
func (h *history) load(f io.Reader) error {
	count := 0
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 8*maxChunk)
	for lines.Scan() {
		var chunk string
		if json.Unmarshal(lines.Bytes(), &chunk) == nil && chunk != "" {
			h.chunks = append(h.chunks, chunk)
		}
		count++
	}
	h.chunks = h.chunks[max(0, len(h.chunks)-maxHistory):]
	if err := lines.Err(); err != nil && !errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("console: history: %w", err)
	}
	if count > 2*maxHistory {
		return h.rewrite()
	}
	return nil
}

// rewrite replaces the file by the remembered chunks, in one step.
func (h *history) rewrite() error {
	var text bytes.Buffer
	for _, chunk := range h.chunks {
		text.Write(encode(chunk))
	}
	if err := os.WriteFile(h.path+".new", text.Bytes(), 0o600); err != nil {
		return fmt.Errorf("console: history: %w", err)
	}
	if err := os.Rename(h.path+".new", h.path); err != nil {
		return fmt.Errorf("console: history: %w", err)
	}
	return nil
}

func encode(chunk string) []byte {
	line, _ := json.Marshal(chunk) // a string never fails
	return append(line, '\n')
}

// Write adds a chunk. The editor calls it.
func (h *history) Write(chunk string) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	chunk = strings.TrimSpace(chunk)
	if chunk == "" || len(h.chunks) > 0 && h.chunks[len(h.chunks)-1] == chunk {
		return len(h.chunks), nil
	}
	h.chunks = append(h.chunks, chunk)
	if h.path == "" {
		return len(h.chunks), nil
	}
	f, err := os.OpenFile(h.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return len(h.chunks), err
	}
	_, err = f.Write(encode(chunk))
	return len(h.chunks), errors.Join(err, f.Close())
}

// GetLine is one chunk; 0 is the oldest.
func (h *history) GetLine(i int) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if i < 0 || i >= len(h.chunks) {
		return "", fmt.Errorf("console: history has no entry %d", i)
	}
	return h.chunks[i], nil
}

// Len is the number of chunks.
func (h *history) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.chunks)
}

// Dump returns all chunks.
func (h *history) Dump() any {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.chunks...)
}

// historyPath is the path of the history of an application: in the user's state folder, by the XDG
// base directory specification; "" without such a folder.
func historyPath(app string, getenv func(string) string) string {
	state := files.StateFolder(app, getenv)
	if state == "" {
		return ""
	}
	return filepath.Join(state, "history")
}
