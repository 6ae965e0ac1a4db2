package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/engine/files"
)

//go:embed templates/*.lua
var templates embed.FS

// templateNames are the files in templates, the one for beginners first.
var templateNames = []string{"lookup", "crawl", "size", "monitor", "sybil", "sweep", "bep44"}

type newOptions struct {
	template string
}

func newCommand() *command {
	return &command{
		name: "new", args: "FILE", short: "write a script to begin with",
		help: "The script is short, commented, and runs as it is on a simulated network. A file\nthat exists is never overwritten. The templates:\n\n" +
			"  lookup   walk to a point of the key space, and check the result against the truth\n" +
			"  crawl    meet everybody, and tell what they are like\n" +
			"  size     estimate how many nodes there are\n" +
			"  monitor  watch what the node is asked\n" +
			"  sybil    crowd around a torrent, and see how much of a lookup is captured\n" +
			"  sweep    try a setting's values, and tabulate what each costs\n" +
			"  bep44    store something in the DHT itself, change it, and see what each node did\n\n" +
			"  lightdht new first.lua\n  lightdht new --template crawl crawl.lua",
		flags: func(flags *pflag.FlagSet) any {
			o := &newOptions{}
			flags.StringVarP(&o.template, "template", "t", templateNames[0], "begin with this one: `"+strings.Join(templateNames, "|")+"`")
			return o
		},
		run: func(_ context.Context, h *host, options any, args []string) int {
			if len(args) != 1 {
				return h.misused("new takes the name of one file to write, as in \"lightdht new first.lua\", got %d arguments", len(args))
			}
			if err := newScript(options.(*newOptions).template, args[0]); err != nil {
				return h.report(err)
			}
			h.say(false, "%s is there; run it with: lightdht run %s", args[0], args[0])
			return exitDone
		},
	}
}

// newScript writes a copy of a template to path.
func newScript(template, path string) error {
	text, err := templates.ReadFile("templates/" + template + ".lua")
	if err != nil {
		return fmt.Errorf("no template is called %q%s; there are %s", template, didYouMean(template, templateNames), strings.Join(templateNames, ", "))
	}
	if filepath.Ext(path) != ".lua" {
		return fmt.Errorf("a script's name ends in .lua; try %q", path+".lua")
	}
	switch err := files.Create(path, text); {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s exists already and stays as it is; choose another name", path)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no folder %s; make it first, or choose another place", filepath.Dir(path))
	case err != nil:
		return fmt.Errorf("cannot write the script: %w", err)
	}
	return nil
}
