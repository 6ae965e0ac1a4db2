// Package bundle makes one file of an experiment, and reads it again: the script, the modules and
// data files it needs, its parameters and settings, and, if it was run, the outcome.
//
// The file is a zip archive, so that everybody can look into it:
//
//	lightdht.json        the head: schema, version, name of the script, parameters, arguments, network
//	README.txt           for people; nothing reads it
//	files/...            the script and files beside it
//	run/manifest.json    how it was run: a [record.Manifest]
//	run/results.jsonl    the recorded rows
//	run/output.txt       the printed text, or its beginning
//
// The same [Bundle] gives the same bytes. An archive may come from a stranger: [Parse] checks every
// limit before it unpacks anything, and never writes a file.
package bundle
