package experiment

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestLabels(t *testing.T) {
	got := labels([]string{"0.1", "a/b", "..", "1", "1", "A B", "a b", "é", "1~5", "weibull:0.4"})
	want := []string{"0.1", "a%2Fb", "..", "1", "1~5", "A%20B", "a%20b~7", "%C3%A9", "1%7E5", "weibull%3A0.4"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// No two runs have the same folder, whatever the values, and all of them are within one.
func TestFolders(t *testing.T) {
	values := []string{"x", "X", "x", "../..", strings.Repeat("long", 60) + "1", strings.Repeat("long", 60) + "2", ""}
	p := &Sweep{Files: "s.sweep"}
	for n, name := range []string{"seed", "word", "other"} {
		v := values[:len(values)-n]
		p.axes = append(p.axes, axis{name: name, values: v, labels: labels(v)})
		p.Runs = max(p.Runs, 1) * len(v)
	}
	seen := map[string]int{}
	for i := range p.Runs {
		folder := filepath.Join(p.Files, p.sub(i))
		if other, twice := seen[strings.ToLower(folder)]; twice {
			t.Fatalf("runs %d and %d have %s", other, i, folder)
		}
		seen[strings.ToLower(folder)] = i
		if dir, name := filepath.Split(folder); filepath.Clean(dir) != "s.sweep" || len(name) > 255 {
			t.Errorf("run %d has %s", i, folder)
		}
		if filepath.Join(p.Files, p.sub(i)) != folder {
			t.Errorf("run %d has another folder the next time", i)
		}
	}
	if got, want := fmt.Sprint(filepath.Join(p.Files, p.sub(0))), filepath.Join("s.sweep", "seed=x,word=x,other=x"); got != want {
		t.Errorf("the first has %s, want %s", got, want)
	}
}
