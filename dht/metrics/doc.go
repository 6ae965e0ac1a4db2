// Package metrics shows the counters of a node on UDP to Prometheus.
//
// [Of] takes a snapshot of a node, a value of type [Stats]. [Handler] answers each HTTP request
// with a new snapshot in Prometheus' text format, together with the numbers of the process that it
// runs in. [Serve] runs a small HTTP server for /metrics, bounded against clients that are slow or
// many.
//
// The package keeps nothing: all counting is the node's own. A handler and a server may be used by
// any number of goroutines; the function that takes the snapshot is called on theirs.
//
// The files form layers, from the lowest: server, stats; metrics.
package metrics
