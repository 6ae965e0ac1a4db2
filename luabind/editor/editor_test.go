package editor

import (
	"strings"
	"testing"
)

func TestSuffice(t *testing.T) {
	nested := `{"Lua": {"runtime": {"version": "Lua 5.1", "builtin": {"debug": "disable", "io": "disable", "os": "disable", "package": "disable", "utf8": "default"}},
		"workspace": {"library": ["mine", ".lightdht/library", ".lightdht/types"], "checkThirdParty": false}}}`
	for name, test := range map[string]struct {
		text string
		want bool
	}{
		"the same":       {Settings, true},
		"nested":         {nested, true},
		"nothing":        {"{}", false},
		"another Lua":    {strings.Replace(Settings, "5.1", "5.4", 1), false},
		"one folder":     {strings.Replace(Settings, Library, "elsewhere", 1), false},
		"with a comment": {"// mine\n" + Settings, false},
		"a list":         {"[]", false},
		"no file":        {"", false},
	} {
		if got := Suffice([]byte(test.text)); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Each file has a place of its own in one of the two folders, and something in it.
func TestFiles(t *testing.T) {
	all, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	seen, folders := map[string]bool{}, map[string]int{}
	for _, f := range all {
		if seen[f.Name] || len(f.Data) == 0 {
			t.Errorf("%s is there twice, or empty", f.Name)
		}
		seen[f.Name] = true
		for _, folder := range []string{Types, Library} {
			if strings.HasPrefix(f.Name, folder+"/") {
				folders[folder]++
			}
		}
	}
	if folders[Types] < 5 || folders[Library] < 5 || folders[Types]+folders[Library] != len(all) {
		t.Errorf("%d files: %v", len(all), folders)
	}
}
