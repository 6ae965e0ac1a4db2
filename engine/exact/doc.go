// Package exact computes the elementary functions with the same bits on every machine: those of
// package math depend on the processor. A simulated run must not.
//
// The files form layers, from the lowest: doubledouble; elementary, trigonometric; hyperbolic.
package exact
