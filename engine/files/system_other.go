//go:build !unix

package files

import "io/fs"

// careful: here no flag keeps from following a link; what was opened is compared with what was there.
const careful = 0

// becameLink never happens here.
func becameLink(error) bool { return false }

// names is how many names a file has, which is not known here.
func names(fs.FileInfo) uint64 { return 1 }
