package editor

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/lightdht/lightdht/luabind"
	"github.com/lightdht/lightdht/scripts"
)

// Where the files go, in the folder of the scripts.
const (
	Folder       = ".lightdht"
	Types        = Folder + "/types"   // the definitions
	Library      = Folder + "/library" // the Lua library
	SettingsFile = ".luarc.json"
)

// Settings are what LuaLS must be told: which Lua it is, where the definitions are, and which
// modules of its own do not exist here.
const Settings = `{
  "runtime.version": "Lua 5.1",
  "runtime.builtin": {
    "debug": "disable",
    "io": "disable",
    "os": "disable",
    "package": "disable"
  },
  "workspace.library": ["` + Types + `", "` + Library + `"],
  "workspace.checkThirdParty": false
}
`

// File is one file.
type File struct {
	Name string // its path in the folder of the scripts, with slashes
	Data []byte
}

// Files are the definitions and the Lua library.
func Files() (all []File, err error) {
	for _, f := range luabind.Types() {
		all = append(all, File{Types + "/" + f.Name, []byte(f.Text)})
	}
	err = fs.WalkDir(scripts.FS, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(scripts.FS, path)
		all = append(all, File{Library + "/" + path, text})
		return err
	})
	return all, err
}

// Suffice reports whether a settings file has all that [Settings] has, however it is nested. Of a
// file that is not JSON, as one with comments, it does not know, and reports false.
func Suffice(text []byte) bool {
	there, err := flat(text)
	if err != nil {
		return false
	}
	wanted, _ := flat([]byte(Settings))
	for name, values := range wanted {
		for _, v := range values {
			if !slices.Contains(there[name], v) {
				return false
			}
		}
	}
	return true
}

// flat reads settings as names with dots, each with its values.
func flat(text []byte) (map[string][]string, error) {
	var nested map[string]any
	if err := json.Unmarshal(text, &nested); err != nil {
		return nil, err
	}
	settings := map[string][]string{}
	flatten(settings, "", nested)
	return settings, nil
}

// flatten adds a value and all that is nested in it. LuaLS takes names with and without "Lua."
// before them.
func flatten(settings map[string][]string, name string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			flatten(settings, strings.TrimPrefix(strings.TrimPrefix(name+"."+key, "."), "Lua."), inner)
		}
	case []any:
		for _, inner := range v {
			flatten(settings, name, inner)
		}
	default:
		settings[name] = append(settings[name], fmt.Sprint(v))
	}
}
