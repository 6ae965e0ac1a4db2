// Package golden runs scripts on simulated networks and compares all that comes
// of them, byte for byte, with what came of them before: output, results, and a
// digest of every datagram. It has no code of its own.
//
// Do not change a golden file lightly. What it says others may have published:
// a change means that the same script with the same seed no longer gives the same
// answer. If that is meant, "go test ./test/golden -rewrite" writes the files
// anew; read the diff, and say in the commit why it is as it is.
package golden
