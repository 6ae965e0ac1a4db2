package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/lightdht/lightdht/engine/files"
	"github.com/lightdht/lightdht/luabind/editor"
)

func typesCommand() *command {
	return &command{
		name: "types", args: "DIR", short: "tell your editor what scripts can use",
		help: "DIR is the folder of your scripts. Definitions of all functions go to\nDIR/" + editor.Types + ", the Lua library to DIR/" + editor.Library + ", and DIR/" + editor.SettingsFile + "\n" +
			"points the Lua language server (LuaLS) there, which runs in VS Code, Neovim and\nothers. A " + editor.SettingsFile + " of yours stays as it is, and you are told what it lacks.\n\n" +
			"  lightdht types .",
		run: func(_ context.Context, h *host, _ any, args []string) int {
			if len(args) != 1 {
				return h.misused("types takes the folder of your scripts, as in \"lightdht types .\", got %d arguments", len(args))
			}
			return h.writeTypes(args[0])
		},
	}
}

// writeTypes writes the settings first, since they find out whether there is
// such a folder.
func (h *host) writeTypes(dir string) int {
	settings := filepath.Join(dir, editor.SettingsFile)
	lacking, err := writeSettings(settings)
	if err != nil {
		return h.report(err)
	}
	count, err := writeDefinitions(dir)
	if err != nil {
		return h.report(fmt.Errorf("cannot write the definitions: %w", err))
	}
	h.say(false, "%d files are in %s", count, filepath.Join(dir, editor.Folder))
	if lacking {
		return h.misused("%s exists and stays as it is, but lacks some of this; add it by hand:\n%s", settings, strings.TrimSpace(editor.Settings))
	}
	return exitDone
}

// writeSettings writes the settings where there are none; lacking says that
// there are, and that they are not enough.
func writeSettings(path string) (lacking bool, err error) {
	switch err := files.Create(path, []byte(editor.Settings)); {
	case errors.Is(err, fs.ErrExist):
		there, err := files.Read(path)
		return err == nil && !editor.Suffice(there), err
	case errors.Is(err, fs.ErrNotExist):
		return false, fmt.Errorf("there is no folder %s; make it first, or choose another place", filepath.Dir(path))
	case err != nil:
		return false, fmt.Errorf("cannot write the settings: %w", err)
	}
	return false, nil
}

// writeDefinitions writes the definitions and the library, over older ones.
func writeDefinitions(dir string) (count int, err error) {
	all, err := editor.Files()
	for _, f := range all {
		if err == nil {
			err = files.Write(filepath.Join(dir, filepath.FromSlash(f.Name)), f.Data)
		}
	}
	return len(all), err
}
