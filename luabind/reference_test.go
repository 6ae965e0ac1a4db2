package luabind

import (
	"regexp"
	"strings"
	"testing"
)

func TestReference(t *testing.T) {
	text := Reference()
	generated(t, "reference.md", text)
	anchors := map[string]bool{}
	for _, heading := range regexp.MustCompile(`(?m)^##+ (.*)$`).FindAllStringSubmatch(text, -1) {
		a := anchor(heading[1])
		if anchors[a] {
			t.Errorf("two headings make the anchor #%s", a)
		}
		anchors[a] = true
	}
	for _, link := range regexp.MustCompile(`\]\(#([^)]*)\)`).FindAllStringSubmatch(text, -1) {
		if !anchors[link[1]] {
			t.Errorf("a link leads nowhere: #%s", link[1])
		}
	}
	for _, topic := range topics() {
		if topic.function != nil && !strings.Contains(text, "\n### "+topic.name+"\n") {
			t.Errorf("%s is missing", topic.name)
		}
	}
}

// Whoever reads how a function fails must be able to rely on it.
func TestKinds(t *testing.T) {
	var kinds string
	for _, f := range errorClass.Fields {
		if f.Name == "kind" {
			kinds = f.Type
		}
	}
	for _, topic := range topics() {
		f := topic.function
		if f == nil {
			continue
		}
		if f.Fails != (f.Kinds != "") {
			t.Errorf("%s: Fails goes with Kinds, the words that err.kind can be", topic.name)
		}
		for kind := range strings.SplitSeq(f.Kinds, ", ") {
			if f.Fails && !strings.Contains(kinds, `"`+kind+`"`) {
				t.Errorf("%s: nobody knows an error of kind %q", topic.name, kind)
			}
		}
	}
}
