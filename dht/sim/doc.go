// Package sim is a network of simulated nodes on virtual time. Every node is a
// [dht.Node], the same that serves a UDP port: what travels here are the bytes
// that would travel there.
package sim
