package main

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/engine/bundle"
	"github.com/lightdht/lightdht/luabind"
)

//go:embed completion/*.tmpl
var completionFiles embed.FS

// shells are those with completion. Each has a template in folder completion, which is
// filled in from the table of commands.
var shells = []string{"bash", "zsh", "fish"}

// completionTemplates are the templates of all shells.
var completionTemplates = template.Must(template.New("").Funcs(template.FuncMap{
	"join":   func(words []string) string { return strings.Join(words, " ") },
	"zsh":    strings.NewReplacer("'", `'\''`, "[", `\[`, "]", `\]`, ":", `\:`).Replace,
	"quoted": strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace, // for fish
}).ParseFS(completionFiles, "completion/*.tmpl"))

// Kinds of words on a command line, as the templates name them.
const (
	anything = ""
	luaFile  = "lua" // a script, or an archive with one
	anyFile  = "file"
	folder   = "folder"
)

// completedCommand is what a shell must know of a command.
type completedCommand struct {
	Name, Short string
	Flags       []completedFlag
	Args        completedValue // the first argument that is no flag
	Rest        bool           // more may follow
}

// completedFlag is what a shell must know of a flag.
type completedFlag struct {
	Name, Letter, Text string // without dashes; Letter may be empty
	Takes              bool   // a value must follow
	Value              completedValue
}

// completedValue is what may be typed in one place.
type completedValue struct {
	Label string
	Kind  string   // anything, luaFile, anyFile, folder
	Words []string // one of these
}

func completionCommand() *command {
	return &command{
		name: "completion", args: strings.Join(shells, "|"), short: "write what makes a shell complete commands, flags and scripts",
		help: "It goes to stdout; have the shell read it when it starts. In ~/.bashrc, ~/.zshrc\n(after compinit) or ~/.config/fish/config.fish:\n\n" +
			"  source <(lightdht completion bash)\n  source <(lightdht completion zsh)\n  lightdht completion fish | source",
		run: func(_ context.Context, h *host, _ any, args []string) int {
			if len(args) != 1 {
				return h.misused("completion takes the name of one shell, %s, got %d arguments", strings.Join(shells, ", "), len(args))
			}
			t := completionTemplates.Lookup(args[0] + ".tmpl")
			if t == nil {
				return h.misused("there is no completion for %q%s, only for %s", args[0], didYouMean(args[0], shells), strings.Join(shells, ", "))
			}
			if err := t.Execute(h.out, completions()); err != nil {
				return h.report(fmt.Errorf("cannot write the completion: %w", err))
			}
			return exitDone
		},
	}
}

// completions reads the table of commands and their flags.
func completions() []completedCommand {
	var all []completedCommand
	for _, c := range commands() {
		done := completedCommand{Name: c.name, Short: c.short, Args: completedArgs(c.args), Rest: strings.Contains(c.args, "...")}
		flags, _ := c.flagSet()
		flags.VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				done.Flags = append(done.Flags, completed(f))
			}
		})
		done.Flags = append(done.Flags, completedFlag{Name: "help", Letter: "h", Text: "explain the command"})
		all = append(all, done)
	}
	return all
}

func completed(f *pflag.Flag) completedFlag {
	label, text := pflag.UnquoteUsage(f)
	c := completedFlag{Name: f.Name, Letter: f.Shorthand, Text: text, Takes: f.NoOptDefVal == ""}
	if c.Takes {
		c.Value = completedWord(label)
		c.Value.Label = label
	}
	return c
}

// completedArgs reads the arguments of a usage line, as in "[COMMAND | script.lua]".
func completedArgs(usage string) (v completedValue) {
	for word := range strings.FieldsFuncSeq(usage, func(r rune) bool { return strings.ContainsRune(" []", r) }) {
		w := completedWord(word)
		v.Words = append(v.Words, w.Words...)
		if v.Kind == anything {
			v.Kind = w.Kind
		}
	}
	if v.Kind == anyFile { // what commands themselves read and write are scripts
		v.Kind = luaFile
	}
	v.Label = "argument"
	return v
}

// completedWord reads one word of a usage line, or the name of a flag's value,
// which its usage has between backquotes: "begin `warm|cold`" offers two words.
func completedWord(word string) (v completedValue) {
	switch {
	case word == "COMMAND":
		v.Words = commandNames()
	case word == "NAME":
		v.Words = slices.DeleteFunc(luabind.Names(), func(name string) bool { return strings.Contains(name, ":") }) // bash ends words there
	case strings.HasSuffix(word, ".lua"), strings.HasSuffix(word, bundle.Extension):
		v.Kind = luaFile
	case word == "FILE":
		v.Kind = anyFile
	case word == "DIR":
		v.Kind = folder
	case strings.Contains(word, "|") && word != "|" && strings.ToLower(word) == word:
		v.Words = strings.Split(word, "|")
	}
	return v
}
