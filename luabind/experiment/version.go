package experiment

import "runtime/debug"

// module is the path of this module.
const module = "github.com/lightdht/lightdht"

// Version is the version of lightdht that the program was built with, and its commit if the program is lightdht itself:
// manifests and archives have it.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown version)"
	}
	text := info.Main.Version
	for _, d := range info.Deps {
		if d.Path == module {
			text = d.Version
		}
	}
	if text == "" {
		text = "(devel)"
	}
	if info.Main.Path != module {
		return text
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			text += ", commit " + s.Value[:min(12, len(s.Value))]
		}
	}
	return text
}
