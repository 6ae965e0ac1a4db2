package record

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// forms are the endings that Open knows.
var forms = []struct {
	ending string
	open   func(path string) (Sink, error)
}{
	{".csv", openCSV},
	{".jsonl", openLines},
}

// Open makes a sink for a file, in the form that the ending of its name stands for: .csv or .jsonl,
// in either case. Other endings are an error that names these.
//
// A file that is there already is emptied at once: from the moment a run has begun, what the file
// holds is of this run, and never an old result under a new run's name. CSV empties x.csv at once
// as well, and x.NAME.csv with the first row of the table NAME; a table that the run has no row of
// keeps the file it may have from an earlier run.
func Open(path string) (Sink, error) {
	open, err := formOf(path)
	if err != nil {
		return nil, err
	}
	return open(path)
}

// formOf is how a file of that name is opened.
func formOf(path string) (open func(path string) (Sink, error), err error) {
	ending := filepath.Ext(path)
	known := make([]string, len(forms))
	for i, form := range forms {
		if strings.EqualFold(ending, form.ending) {
			return form.open, nil
		}
		known[i] = form.ending
	}
	if ending == "" {
		ending = "without an ending"
	} else {
		ending = fmt.Sprintf("with the ending %q", ending)
	}
	return nil, problem("no form of output is known for %q, a name %s; known: %s", path, ending, strings.Join(known, ", "))
}

func openLines(path string) (Sink, error) {
	f, err := createFile(path, os.O_WRONLY)
	if err != nil {
		return nil, err
	}
	return lineFile{f}, nil
}
