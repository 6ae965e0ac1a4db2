package experiment

import (
	"runtime/debug"
	"testing"
)

func TestVersion(t *testing.T) {
	const revision = "0123456789abcdef0123456789abcdef01234567"
	clone := func(version, modified string) *debug.BuildInfo {
		return &debug.BuildInfo{Main: debug.Module{Version: version}, Settings: []debug.BuildSetting{
			{Key: "vcs", Value: "git"}, {Key: "vcs.revision", Value: revision}, {Key: "vcs.modified", Value: modified},
		}}
	}
	for _, c := range []struct {
		name            string
		info            *debug.BuildInfo
		release, commit string
		want            string
	}{
		{name: "a clone at a tag", info: clone("v0.1.0", "false"), want: "v0.1.0, commit 0123456789ab"},
		{name: "a clone with changes", info: clone("v0.1.0+dirty", "true"), want: "v0.1.0+dirty, commit 0123456789ab with uncommitted changes"},
		{name: "go install of a module proxy", info: &debug.BuildInfo{Main: debug.Module{Version: "v0.1.0", Sum: "h1:x"}}, want: "v0.1.0"},
		{name: "an unpacked archive", info: &debug.BuildInfo{Main: debug.Module{Version: "(devel)"}}, want: "(devel), commit unknown"},
		{name: "an unpacked archive of a release", info: &debug.BuildInfo{Main: debug.Module{Version: "(devel)"}}, release: "v0.1.0", commit: revision, want: "v0.1.0, commit 0123456789ab"},
		{name: "a release whose commit was not told", release: "v0.1.0", want: "v0.1.0, commit unknown"},
		{name: "another program", info: &debug.BuildInfo{Main: debug.Module{Path: "example.com/x", Version: "v2.0.0"}, Deps: []*debug.Module{{Path: module, Version: "v0.1.0", Sum: "h1:x"}}}, want: "v0.1.0"},
		{name: "no module", want: "(devel), commit unknown"},
		{name: "a short commit", release: "v0.1.0", commit: "0123", want: "v0.1.0, commit 0123"},
	} {
		if got := newBuild(c.info, c.release, c.commit).String(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
