package main

import (
	"context"
	"fmt"
	"runtime"

	"github.com/lightdht/lightdht/luabind/experiment"
)

// release and commit are set by the linker where neither a repository nor a module proxy tells them
// to the build, such as in the source package of a distribution:
//
//	go build -ldflags "-X main.release=v0.1.0 -X main.commit=0123456789abcdef0123456789abcdef01234567"
var release, commit string

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
func version() string { return experiment.Version(release, commit) }
