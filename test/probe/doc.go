// Package probe holds the conformance probe (scripts/lightdht/conformance) against nodes that break
// one rule each: it must find the fault, and blame no other rule for it.
package probe
