// Package record keeps the results of an experiment: rows of named values, and a manifest of the
// run.
//
// # Rows
//
// A [Row] is a list of fields, in order; a value is nil, a bool, a number or a string. Rows belong
// to tables, which have names; the one named "" is the default. The columns of a table keep the
// order in which they first appeared, and a row's fields are put into that order. A run has one
// [Results], which checks each row, sums it up in a digest and hands it to every [Sink]:
//
//	out, err := record.Open("hops.csv")
//	...
//	results := record.New(record.Limits{Rows: 1e6}, out, record.NewText(os.Stdout))
//	err = results.Add("", record.Row{{Name: "nodes", Value: 1000}, {Name: "hops", Value: 3.2}})
//	...
//	err = results.Close()
//
// # Forms
//
// The canonical form is JSON Lines ([NewLines], or [Open] with a name in .jsonl): one object a row,
// with the row's fields in the order of columns, no space between tokens, and a newline. Strings
// and numbers are written as RFC 8785 says: whole numbers without exponent, others with the fewest
// digits that read back as the same number, so the bytes are the same on every machine. 64-bit
// integers have all their digits. A number that is NaN or infinite is null. Rows of a table other
// than the default begin with the key [TableKey], which no column may therefore have. A field the
// row lacks is left out; a field whose value is nil is null.
//
// CSV follows RFC 4180, with the line feed alone at the end of a line and names of columns in the
// first. It is one file for each table: x.csv, and x.NAME.csv beside it. A value that is null in
// JSON, or was left out, is an empty cell; an empty string is "", with its quotes. When a column
// appears later, the file is replaced, in one step, by one with a wider first line. That takes time
// in proportion to the file (a million rows: about a tenth of a second), so columns are best all
// there in the first row.
//
// [Text] is for a terminal: aligned, numbers to six digits, anything that could drive the terminal
// escaped.
//
// # When a row is safe
//
// Files are written through: one system call for each row, no buffer and no goroutine, which takes
// two or three microseconds. So when Add returns the row belongs to the operating system, and
// survives Ctrl-C and kill -9 alike; a kill may at worst cut the last line short, or leave the
// wider CSV file it interrupted under a hidden name beside the old one. (Loss of power is another
// matter: only for a manifest does the program wait for the disk.)
//
// # Digest
//
// [Results.Digest] is the SHA-256 of the canonical form of all rows of all tables, in the order
// they were added. It does not depend on the sinks, and is the output of sha256sum for the .jsonl
// file.
//
// # How it came about
//
// A [Manifest] describes a run: the program, the network, the outcome. All in it that may differ
// between two runs of the same experiment is in one place, [Circumstances]. A [Folder] is a folder
// with a run's manifest, script and results. A [Gather] puts the rows of many runs, which end in
// any order, into one Results in theirs. [Claim] is [Open] for a file with a manifest beside it: it
// replaces the results of an earlier run, and nothing else.
//
// The files form layers, from the lowest: error; digest, file, row; value; manifest, results; csv,
// gather, lines, text; open; claim, folder.
package record
