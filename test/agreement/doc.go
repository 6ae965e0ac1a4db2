// Package agreement holds the simulator against reality: one script runs on a
// network of real sockets on the loopback interface and on a simulated network of
// the same nodes, and has to find the same. It has no code of its own.
package agreement
