// Package experiment runs a script on one network, with its limits, its files, its results and its
// manifest: all that "lightdht run" does is a call of [Experiment.Run].
//
//	x, err := experiment.Open("walk.lua", "--rounds=5")
//	...
//	outcome, err := x.Run(ctx, experiment.Options{})
//
// The zero [Options] mean what "lightdht run walk.lua" means without flags: a simulated network as
// the script's header asks for it, else of [sim.DefaultNodes] nodes with seed 1; the process's own
// streams; the limits of [Limits]. The same program, arguments and seed give the same bytes.
//
// Built on the same call: [Experiment.Plan] and [Sweep.Run] run a script in many worlds, [Pack]
// makes an archive of a script and all it needs, [Experiment.Verify] runs an archive again and
// compares, [Experiment.Start] gives an engine on a network to a console.
//
// The files form layers, from the lowest: version, memory, experiment, options, outcome; entry,
// network; files, results; limit, session, run; pack, verify; plan, sweeprun, sweep.
//
// Messages of errors name flags of the command (--out, --timeout), after which the fields of
// Options are called. Parsing flags, asking a person, signals, exit codes and the text on a
// terminal belong to the program that calls.
package experiment
