package test

import (
	"go/ast"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"testing"
)

// passage is a stretch of prose: one comment, one paragraph, one help text.
type passage struct {
	file  string // slash-separated, from the root of the repository
	lines []line // never empty
	help  bool   // a text that the program prints, not a comment or a document
}

// line is one line of a passage, without marks of comments.
type line struct {
	number int
	text   string
}

// prose reads what people wrote for people in the whole repository: comments of Go, Lua and shell,
// Markdown, and the texts of help and messages in programs and bindings. Nested modules belong to
// it. Generated files and test data do not.
func prose(t *testing.T) (all []passage) {
	t.Helper()
	root := os.DirFS("..")
	err := fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			if e != nil && e.IsDir() && noProse(name) {
				return fs.SkipDir
			}
			return err
		}
		read := reader(name)
		if read == nil {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err == nil && !generated(string(text)) {
			all = append(all, read(name, string(text))...)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// noProse reports whether a folder holds nothing that is written here.
func noProse(folder string) bool {
	switch base := path.Base(folder); base {
	case ".", ".ci", ".github":
		return false
	case "testdata", "node_modules", "vendor":
		return true
	default:
		return base[0] == '.'
	}
}

// generated reports whether a file is made of others, where its words are counted.
func generated(text string) bool {
	head := text[:min(200, len(text))]
	return strings.HasPrefix(head, "---@meta") || strings.Contains(head, "<!-- Generated") || strings.Contains(head, "// Code generated")
}

// reader returns what takes the prose out of a file of that name, nil if it has none.
func reader(name string) func(name, text string) []passage {
	switch path.Ext(name) {
	case ".go":
		return goProse
	case ".lua":
		return func(name, text string) []passage { return commented(name, text, "--") }
	case ".sh":
		return func(name, text string) []passage { return commented(name, text, "#") }
	case ".md":
		return markdownProse
	}
	if name == ".ci/run" {
		return reader("run.sh")
	}
	return nil
}

// goProse is the comments of a Go file, and, in programs and bindings, its string literals of
// several words.
func goProse(name, text string) (all []passage) {
	s, err := parse(name, text)
	if err != nil {
		return nil // the compiler will say so
	}
	for _, group := range s.file.Comments {
		p := passage{file: name}
		for _, comment := range group.List {
			first := s.fset.Position(comment.Pos()).Line
			for i, l := range strings.Split(strings.TrimSuffix(comment.Text, "*/"), "\n") {
				p.lines = append(p.lines, line{first + i, strings.TrimSpace(strings.TrimLeft(l, "/*"))})
			}
		}
		all = append(all, p)
	}
	if s.test || !isUnder(s.dir, "cmd") && !isUnder(s.dir, "luabind") {
		return all
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		literal, ok := n.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		value, err := strconv.Unquote(literal.Value)
		if err == nil && strings.Count(value, " ") > 1 {
			all = append(all, passage{name, []line{{s.fset.Position(literal.Pos()).Line, value}}, true})
		}
		return true
	})
	return all
}

// commented is the comments of a file whose comments go from a mark to the end of the line. Lines
// of them that follow each other are one passage.
func commented(name, text, mark string) (all []passage) {
	last := -1 // the number of the line of the last comment
	for i, l := range strings.Split(text, "\n") {
		at := outsideQuotes(l, mark)
		if at < 0 || strings.HasPrefix(l, "#!") {
			continue
		}
		comment := line{i + 1, strings.TrimSpace(strings.TrimLeft(l[at:], mark))}
		if last == i && strings.TrimSpace(l[:at]) == "" {
			p := &all[len(all)-1]
			p.lines = append(p.lines, comment)
		} else {
			all = append(all, passage{file: name, lines: []line{comment}})
		}
		last = i + 1
	}
	return all
}

// outsideQuotes returns where mark begins in a line, not within quotes, or -1.
func outsideQuotes(l, mark string) int {
	var quote byte
	for i := 0; i < len(l); i++ {
		switch {
		case quote != 0 && l[i] == '\\':
			i++
		case quote != 0:
			if l[i] == quote {
				quote = 0
			}
		case l[i] == '"' || l[i] == '\'':
			quote = l[i]
		case strings.HasPrefix(l[i:], mark) && (mark != "#" || i == 0 || l[i-1] == ' '): // $# is no comment
			return i
		}
	}
	return -1
}

// markdownProse is the paragraphs, headings and items of a document, without its code.
func markdownProse(name, text string) (all []passage) {
	fenced, open := false, false
	for i, l := range strings.Split(text, "\n") {
		if strings.HasPrefix(strings.TrimSpace(l), "```") {
			fenced, open = !fenced, false
			continue
		}
		item := strings.HasPrefix(strings.TrimSpace(l), "- ")
		if strings.TrimSpace(l) == "" || fenced || strings.HasPrefix(l, "    ") && !open {
			open = false
			continue
		}
		this := line{i + 1, strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(l), "- "))}
		if open && !item {
			p := &all[len(all)-1]
			p.lines = append(p.lines, this)
		} else {
			all = append(all, passage{file: name, lines: []line{this}})
		}
		open = true
	}
	return all
}
