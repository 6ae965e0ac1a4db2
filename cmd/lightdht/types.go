package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lightdht/lightdht/engine/files"
	"github.com/lightdht/lightdht/luabind"
	"github.com/lightdht/lightdht/scripts"
)

// Where the definitions and the Lua library go, in the folder of the scripts.
const (
	typesFolder   = ".lightdht/types"
	libraryFolder = ".lightdht/library"
	settingsFile  = ".luarc.json"
)

// editorSettings is what the language server must be told: which Lua it is,
// where the definitions are, and which of its own do not hold here.
const editorSettings = `{
  "runtime.version": "Lua 5.1",
  "runtime.builtin": {
    "debug": "disable",
    "io": "disable",
    "os": "disable",
    "package": "disable"
  },
  "workspace.library": ["` + typesFolder + `", "` + libraryFolder + `"],
  "workspace.checkThirdParty": false
}
`

func typesCommand() *command {
	return &command{
		name: "types", args: "DIR", short: "tell your editor what scripts can use",
		help: "DIR is the folder of your scripts. Definitions of all functions go to\nDIR/" + typesFolder + ", the Lua library to DIR/" + libraryFolder + ", and DIR/" + settingsFile + "\n" +
			"points the Lua language server (LuaLS) there, which runs in VS Code, Neovim and\nothers. A " + settingsFile + " of yours stays as it is, and you are told what it lacks.\n\n" +
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
	lacking, err := writeSettings(filepath.Join(dir, settingsFile))
	if err != nil {
		return h.report(err)
	}
	count, err := writeDefinitions(dir)
	if err != nil {
		return h.report(fmt.Errorf("cannot write the definitions: %w", err))
	}
	h.say(false, "%d files are in %s", count, filepath.Join(dir, ".lightdht"))
	if lacking {
		return h.misused("%s exists and stays as it is, but lacks some of this; add it by hand:\n%s", filepath.Join(dir, settingsFile), strings.TrimSpace(editorSettings))
	}
	return exitDone
}

// writeSettings writes the settings where there are none; lacking says that
// there are, and that they are not enough.
func writeSettings(path string) (lacking bool, err error) {
	switch err := files.Create(path, []byte(editorSettings)); {
	case errors.Is(err, fs.ErrExist):
		there, err := files.Read(path)
		return err == nil && !settingsSuffice(there), err
	case errors.Is(err, fs.ErrNotExist):
		return false, fmt.Errorf("there is no folder %s; make it first, or choose another place", filepath.Dir(path))
	case err != nil:
		return false, fmt.Errorf("cannot write the settings: %w", err)
	}
	return false, nil
}

// writeDefinitions writes the definitions and the library, over older ones.
func writeDefinitions(dir string) (count int, err error) {
	for _, f := range luabind.Types() {
		if err := files.Write(filepath.Join(dir, typesFolder, f.Name), []byte(f.Text)); err != nil {
			return count, err
		}
		count++
	}
	err = fs.WalkDir(scripts.FS, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(scripts.FS, path)
		if err != nil {
			return err
		}
		count++
		return files.Write(filepath.Join(dir, libraryFolder, filepath.FromSlash(path)), text)
	})
	return count, err
}

// settingsSuffice says whether settings have all that ours have, however they
// are nested.
func settingsSuffice(text []byte) bool {
	there, err := settingsOf(text)
	if err != nil { // with comments, say: then a person has to look
		return false
	}
	wanted, _ := settingsOf([]byte(editorSettings))
	for name, values := range wanted {
		for _, v := range values {
			if !slices.Contains(there[name], v) {
				return false
			}
		}
	}
	return true
}

// settingsOf reads settings as names with dots, each with its values.
func settingsOf(text []byte) (map[string][]string, error) {
	var nested map[string]any
	if err := json.Unmarshal(text, &nested); err != nil {
		return nil, err
	}
	flat := map[string][]string{}
	flatten(flat, "", nested)
	return flat, nil
}

func flatten(flat map[string][]string, name string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			flatten(flat, strings.TrimPrefix(strings.TrimPrefix(name+"."+key, "."), "Lua."), inner)
		}
	case []any:
		for _, inner := range v {
			flatten(flat, name, inner)
		}
	default:
		flat[name] = append(flat[name], fmt.Sprint(v))
	}
}
