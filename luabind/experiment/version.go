package experiment

import "runtime/debug"

// module is the path of this module.
const module = "github.com/lightdht/lightdht"

// Version describes the lightdht in this program in a few words, for manifests: "v0.1.0, commit
// 0123456789ab". release and commit, if set, take precedence over what Go recorded of the build: a
// linker may set them where neither a repository nor a module proxy tells.
func Version(release, commit string) string {
	info, _ := debug.ReadBuildInfo() // nil: not built as a module
	return newBuild(info, release, commit).String()
}

// build says which source this program was made of.
type build struct {
	version  string // of the module, "(devel)" if it has none
	commit   string // in hex, "" if it is not known
	modified bool   // there were changes that had not been committed
	sum      string // checksum of the module, if it came from a proxy
}

// newBuild reads what Go recorded.
func newBuild(info *debug.BuildInfo, release, commit string) build {
	b := build{version: "(devel)"}
	if info != nil {
		b.read(info)
	}
	if release != "" {
		b.version = release
	}
	if commit != "" {
		b.commit = commit
	}
	return b
}

// read takes this module from the main module of a program, or from those that it is built on.
func (b *build) read(info *debug.BuildInfo) {
	for _, d := range info.Deps {
		if d.Path == module {
			b.version, b.sum = d.Version, d.Sum
			return // the commit is that of another repository
		}
	}
	if info.Main.Version != "" {
		b.version = info.Main.Version
	}
	b.sum = info.Main.Sum
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.commit = s.Value
		case "vcs.modified":
			b.modified = s.Value == "true"
		}
	}
}

// String is such as "v0.1.0, commit 0123456789ab".
func (b build) String() string {
	text := b.version
	if b.commit != "" {
		text += ", commit " + b.commit[:min(12, len(b.commit))]
	}
	switch {
	case b.modified:
		text += " with uncommitted changes"
	case b.commit == "" && b.sum == "":
		text += ", commit unknown"
	}
	return text
}
