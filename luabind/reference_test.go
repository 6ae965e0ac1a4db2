package luabind

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const referenceFolder = "reference"

func TestReference(t *testing.T) {
	pages := Reference()
	targets := map[string]bool{}
	for _, p := range pages {
		generated(t, filepath.Join(referenceFolder, p.Name), p.Text)
		targets[p.Name] = true
		for _, heading := range regexp.MustCompile(`(?m)^##+ (.*)$`).FindAllStringSubmatch(p.Text, -1) {
			target := p.Name + "#" + anchorOf(heading[1])
			if targets[target] {
				t.Errorf("%s: two headings make one anchor: %s", p.Name, heading[1])
			}
			targets[target] = true
		}
	}
	for _, p := range pages {
		for _, link := range regexp.MustCompile(`\]\(([^)]*)\)`).FindAllStringSubmatch(p.Text, -1) {
			to := link[1]
			if strings.HasPrefix(to, "#") {
				to = p.Name + to
			}
			if !targets[to] {
				t.Errorf("%s: a link leads nowhere: %s", p.Name, link[1])
			}
		}
	}
	there, err := os.ReadDir(referenceFolder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range there {
		if !targets[e.Name()] {
			t.Errorf("%s is of no use any more; delete it", e.Name())
		}
	}
}

// anchorOf is the link that a forge makes of a heading.
func anchorOf(heading string) string {
	return strings.NewReplacer(" ", "-", ".", "", ":", "").Replace(strings.ToLower(heading))
}

// Each function has a section on one of the pages.
func TestReferenceIsComplete(t *testing.T) {
	var all strings.Builder
	for _, p := range Reference() {
		all.WriteString(p.Text)
	}
	for _, f := range catalogue().Functions() {
		if n := strings.Count(all.String(), "\n## "+f.Name+"\n"); n != 1 {
			t.Errorf("%s has %d sections", f.Name, n)
		}
	}
}

// The index by task names nothing that does not exist, and at least one function of
// each module that comes with lightdht alone.
func TestTaskIndex(t *testing.T) {
	var named []string
	for _, row := range taskIndex.Rows {
		for name := range strings.SplitSeq(row[1], ", ") {
			if !slices.Contains(Names(), name) {
				t.Errorf("%s: there is no %q", row[0], name)
			}
			named = append(named, name)
		}
	}
	for _, module := range []string{"dht.", "dht.rpc.", "dht.table:", "sim.", "id.", "key.", "task.", "log.", "lightdht."} {
		if !slices.ContainsFunc(named, func(name string) bool { return strings.HasPrefix(name, module) }) {
			t.Errorf("no task leads to %s", module)
		}
	}
}

// How a function fails is declared in words that scripts can compare with err.kind.
func TestKinds(t *testing.T) {
	var kinds string
	for _, f := range errorClass.Fields {
		if f.Name == "kind" {
			kinds = f.Type
		}
	}
	check := func(name string, f *function) {
		if f.Fails != (f.Kinds != "") {
			t.Errorf("%s: Fails goes with Kinds, the words that err.kind can be", name)
		}
		for kind := range strings.SplitSeq(f.Kinds, ", ") {
			if f.Fails && !strings.Contains(kinds, `"`+kind+`"`) {
				t.Errorf("%s: nobody knows an error of kind %q", name, kind)
			}
		}
	}
	for _, m := range catalogue().Modules {
		for i := range m.Functions {
			check(m.Name+"."+m.Functions[i].Name, &m.Functions[i])
		}
		for _, cl := range m.Types {
			for i := range cl.Methods {
				check(cl.Name+":"+cl.Methods[i].Name, &cl.Methods[i])
			}
		}
	}
}
