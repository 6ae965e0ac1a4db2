package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
)

// release and commit are set by the linker where neither a repository nor a module proxy tells them to the build, such
// as in the source package of a distribution:
//
//	go build -ldflags "-X main.release=v0.1.0 -X main.commit=0123456789abcdef0123456789abcdef01234567"
var release, commit string

// build says which source this program was made of.
type build struct {
	version  string // of the module, "(devel)" if it has none
	commit   string // in hex, "" if it is not known
	modified bool   // there were changes that had not been committed
	sum      string // checksum of the module, if it came from a proxy
}

func versionCommand() *command {
	return &command{
		name: "version", short: "print version, commit and Go version",
		help: "A build that cannot be traced to its source says so, here and in the manifests that\nit writes.\n\n  lightdht version",
		run: func(_ context.Context, h *host, _ any, args []string) int {
			if len(args) > 0 {
				return h.misused("version takes no arguments, got %q", args[0])
			}
			fmt.Fprintf(h.out, "lightdht %s, %s, %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return exitDone
		},
	}
}

// version describes this build in a few words, as in manifests.
func version() string {
	info, _ := debug.ReadBuildInfo() // nil: not built as a module
	return newBuild(info, release, commit).String()
}

// newBuild reads what Go recorded; release and commit, if set, take precedence.
func newBuild(info *debug.BuildInfo, release, commit string) build {
	b := build{version: "(devel)"}
	if info != nil {
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
	if release != "" {
		b.version = release
	}
	if commit != "" {
		b.commit = commit
	}
	return b
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
