package main

import "github.com/spf13/pflag"

// outputFlags say where results go besides stdout.
type outputFlags struct {
	out    string
	runDir string
}

func (f *outputFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.out, "out", "", "write what the script records to this `FILE` too, .csv or .jsonl, with a manifest beside it; it replaces results of an earlier run, and no other file")
	flags.StringVar(&f.runDir, "run-dir", "", "keep manifest, script and results of the run in this new `DIR`; the script's own files go to DIR/files; what it prints is not kept")
}
