// Package netns gives tests networks of their own, and the real clients to run in them. A test runs
// itself once more ([Outside]) in new namespaces for network, mounts and processes; there it makes
// a bridge ([Prepare]) with hosts on it ([OnBridge]), and starts clients ([Client]) and nodes of
// lightdht on these. All of it ends with the inner run.
//
// It needs Linux, root and iproute2.
package netns
