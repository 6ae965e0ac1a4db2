package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
)

func versionCommand() *command {
	return &command{
		name: "version", short: "print version, commit and Go version",
		help: "  lightdht version",
		run: func(_ context.Context, h *host, _ any, args []string) int {
			if len(args) > 0 {
				return h.misused("version takes no arguments, got %q", args[0])
			}
			fmt.Fprintf(h.out, "lightdht %s, %s, %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return exitDone
		},
	}
}

// version is what the build knows of itself: the module's version and commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown version)"
	}
	text := info.Main.Version
	if text == "" {
		text = "(devel)"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			text += ", commit " + s.Value[:min(12, len(s.Value))]
		}
	}
	return text
}
