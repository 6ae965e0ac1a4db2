// Package bundle makes an experiment into one file that can be passed on, and back into what it
// was: the script, the modules and data files it needs, what it was run with, and, if it was run,
// what came out.
//
// The file is a zip archive, so that everybody can look into it:
//
//	lightdht.json        the head: schema, version, name of the script, parameters, arguments, network
//	README.txt           for people; nothing reads it
//	files/...            the script and what lay beside it
//	run/manifest.json    how it was run: a [record.Manifest]
//	run/results.jsonl    what it recorded
//	run/output.txt       what it printed, the beginning of it
//
// The same [Bundle] gives the same bytes. Those that a stranger made are hostile until [Parse] has
// returned: it holds them against every limit before anything is unpacked, and never writes a file.
//
// Errors of this package begin with its name. The one that [errors.Unwrap] gives says the same
// without it, for a message to the person who packs or runs.
//
// The files form layers, from the lowest: bundle, scan; collect, write; library, read.
package bundle
