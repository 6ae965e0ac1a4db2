// Package theory holds the simulator against what is known of Kademlia on paper:
// each test names a formula, or a figure computed elsewhere, and how far the
// measurement may be from it. It has no code of its own.
package theory
