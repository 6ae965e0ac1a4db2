//go:build !unix

package files

import "io/fs"

// careful is empty: this system has no flag against following a link. The opened file is compared
// with the name.
const careful = 0

// becameLink is always false here.
func becameLink(error) bool { return false }

// names is the number of names of a file, which is not known here.
func names(fs.FileInfo) uint64 { return 1 }
