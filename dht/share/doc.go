// Package share takes a file apart into items that the DHT stores (BEP 44), and puts it together
// again. It sends nothing: where the items come from is the caller's business.
//
// A file is compressed (RFC 1951) and cut into chunks; each chunk, as a bencoded string, is the
// value of an immutable item, found under its SHA-1. The root is an item as well: a dictionary with
// the name of the file, its size before and after compression, the SHA-256 of its content, and the
// hashes of the chunks. Where those are too many for one value, the root has the hashes of index
// items, which are strings of hashes of chunks; deeper it never gets. So with the 20 bytes of the
// root one can ask strangers for the file, and tell whether they lied:
//
//	root    {ld: 1, name: "x.lua", pack: 40000, pieces: "...", sha256: "...", size: 90000}
//	index   up to 49 hashes of 20 bytes     (only if there are more than 40 chunks)
//	chunk   996 bytes, the last may have fewer
//
// The sizes alone say how many items there are, of which kind, and how long each is. Anything else
// is refused before memory is allocated for it.
//
// A pointer is the value of a mutable item: {ld: 1, root: "..."}. Its key is the author's and its
// salt a name, so that one link always leads to the newest version.
//
// The files form layers, from the lowest: error; root; cut, gather, link.
package share
