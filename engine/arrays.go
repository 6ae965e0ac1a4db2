package engine

import (
	"sync"

	lua "github.com/yuin/gopher-lua"
)

// gopher-lua keeps the elements of a list in an array up to lua.MaxArrayIndex, and further ones in a hash table, which is
// slower and larger. One store into an empty table fills the array up to the index, by default up to 1 GB. The variable is
// the process's, and must not change while there are tables.
const longArray = 3 << 20 // what one store can take is 86 MB

// shorterArrays are for limits of memory, in bytes, below so many: what one store can take is to be well below a tenth of
// the limit, or small.
var shorterArrays = []struct {
	below  int64
	length int
}{
	{256 << 20, 1 << 19}, // 14 MB
	{1 << 30, 1 << 20},   // 29 MB
	{2 << 30, 2 << 20},   // 57 MB
}

var arrays sync.Once

// FitArrays lowers lua.MaxArrayIndex, once in a process and unless the host program has chosen a value, so that a script
// with this limit of memory cannot go far over it with one store; 0 is no limit. New calls it with 0. A host with a lower
// limit calls it before.
func FitArrays(maxMemory int64) {
	arrays.Do(func() {
		const usual = 67108864
		if lua.MaxArrayIndex != usual {
			return
		}
		lua.MaxArrayIndex = longArray
		for _, s := range shorterArrays {
			if maxMemory > 0 && maxMemory < s.below {
				lua.MaxArrayIndex = s.length
				return
			}
		}
	})
}
