// Package probe examines a DHT node rule by rule, as "lightdht probe" does: it asks the node
// queries, right and wrong, and says of each rule of the BEPs whether the node keeps to it.
//
//	report, err := probe.Run(ctx, probe.Options{Target: netip.MustParseAddrPort("127.0.0.1:6881")})
//	for _, row := range report.Faults() { fmt.Println(row.Severity, row.Rule, row.Seen) }
//
// The probes themselves are written in Lua, in the module lightdht.conformance, where others can be
// added; this package gives them a node on a network, keeps their rows, and writes them as files
// that people and build servers read.
//
// The files form layers, from the lowest: row; report; files, run.
package probe
