package test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// ARCHITECTURE.md has a row for each package, and names nothing that is not there.
func TestArchitecture(t *testing.T) {
	text, err := os.ReadFile("../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	var packages []string
	for _, s := range house(t) {
		packages = append(packages, s.dir)
	}
	report(t, mapComplaints(string(text), packages, os.DirFS("..")))
}

var (
	// floorRow is a row of the table of floors.
	floorRow = regexp.MustCompile("(?m)^\\| ([0-9]+) \\| `([^`]+)` \\|")
	// named is a folder or a file of this repository, in backquotes.
	named = regexp.MustCompile("`((?:dht|engine|luabind|scripts|cmd|examples|test)/[a-z0-9_./-]+)`")
)

// mapComplaints compares the page with the packages and files that there are.
func mapComplaints(page string, packages []string, root fs.FS) (found []complaint) {
	const where = "ARCHITECTURE.md"
	var rows []string
	floors := map[string]int{}
	for _, m := range floorRow.FindAllStringSubmatch(page, -1) {
		rows = append(rows, m[2])
		floors[m[2]], _ = strconv.Atoi(m[1])
	}
	slices.Sort(packages)
	for _, p := range slices.Compact(packages) {
		if !slices.Contains(rows, p) {
			found = append(found, complaint{where, fmt.Sprintf("package %s has no row in the table of floors", p), fmt.Sprintf("add the row: | floor | `%s` | what it does |", p)})
		}
	}
	for i, row := range rows {
		if !slices.Contains(packages, row) {
			found = append(found, complaint{where, fmt.Sprintf("there is no package %s", row), "take its row away, or name its new place"})
		}
		if slices.Contains(rows[:i], row) {
			found = append(found, complaint{where, fmt.Sprintf("package %s has two rows", row), "take one away"})
		}
		for _, below := range mayImport[row] {
			if floors[below] >= floors[row] {
				found = append(found, complaint{where, fmt.Sprintf("%s is on floor %d, and may import %s of floor %d", row, floors[row], below, floors[below]), "give it a higher floor"})
			}
		}
	}
	for _, m := range named.FindAllStringSubmatch(page, -1) {
		if _, err := fs.Stat(root, strings.TrimSuffix(path.Clean(m[1]), "/")); err != nil {
			found = append(found, complaint{where, fmt.Sprintf("there is no %s", m[1]), "name its new place"})
		}
	}
	return found
}

// The comparison itself: what it must find.
func TestMapComplaints(t *testing.T) {
	const page = "| 1 | `dht/krpc` | wire |\n| 2 | `dht/table` | contacts |\n"
	root := os.DirFS("..")
	for _, c := range []struct {
		name, page string
		packages   []string
		complaint  string
	}{
		{"agreement", page, []string{"dht/table", "dht/krpc"}, ""},
		{"a new package", page, []string{"dht/krpc", "dht/table", "dht/util"}, "dht/util has no row"},
		{"a package that has gone", page, []string{"dht/krpc"}, "no package dht/table"},
		{"floors that disagree", strings.Replace(page, "| 2", "| 1", 1), []string{"dht/table", "dht/krpc"}, "on floor 1, and may import dht/krpc"},
		{"a package named twice", page + "| 1 | `dht/krpc` | wire |\n", []string{"dht/krpc", "dht/table"}, "two rows"},
		{"a file that has gone", page + "See `test/floors.go`.", []string{"dht/krpc", "dht/table"}, "no test/floors.go"},
		{"a file that is there", page + "See `test/floors_test.go`.", []string{"dht/krpc", "dht/table"}, ""},
	} {
		found := mapComplaints(c.page, c.packages, root)
		switch {
		case c.complaint == "" && len(found) > 0:
			t.Errorf("%s: %v, want nothing", c.name, found)
		case c.complaint != "" && (len(found) != 1 || !strings.Contains(found[0].what, c.complaint)):
			t.Errorf("%s: %v, want one complaint with %q", c.name, found, c.complaint)
		}
	}
}
