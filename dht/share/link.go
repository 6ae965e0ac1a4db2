package share

import (
	"encoding/hex"
	"strings"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Scheme is what a link begins with.
const Scheme = "lightdht:"

// Link names a file: one that cannot change by its root, or the newest of those that the owner of a
// key has published under a name.
type Link struct {
	Root krpc.ID  // if Name is empty
	Key  [32]byte // Ed25519 public key
	Name string   // the salt: 1 to 64 letters of ASCII, digits, '.', '-' and '_'
}

// IsLink reports whether text is meant as a link.
func IsLink(text string) bool {
	return len(text) >= len(Scheme) && strings.EqualFold(text[:len(Scheme)], Scheme)
}

// ParseLink reads "lightdht:" with 40 hex digits, or with 64, a slash and a name.
func ParseLink(text string) (Link, error) {
	if !IsLink(text) {
		return Link{}, problem("a link begins with %s", Scheme)
	}
	text = text[len(Scheme):]
	key, name, named := strings.Cut(text, "/")
	raw, err := hex.DecodeString(key)
	switch {
	case err == nil && !named && len(raw) == idLen:
		return Link{Root: krpc.ID(raw)}, nil
	case err == nil && named && len(raw) == 32:
		return Link{Key: [32]byte(raw), Name: name}, CheckName(name)
	case err == nil && len(raw) == 32:
		return Link{}, problem("a link with a public key has a name too: lightdht:KEY/NAME")
	}
	return Link{}, problem("a link is lightdht: with 40 hex digits, or lightdht:KEY/NAME with a public key of 64")
}

// CheckName says what is wrong with the name of what is published under a key; nil if it is one.
func CheckName(name string) error {
	if name == "" || len(name) > krpc.MaxSalt {
		return problem("a name has 1 to %d characters, got %d", krpc.MaxSalt, len(name))
	}
	for _, c := range []byte(name) {
		if !('a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '.' || c == '-' || c == '_') {
			return problem("a name is made of letters of ASCII, digits, '.', '-' and '_', got %q", name)
		}
	}
	return nil
}

// Target is where the item is found that the link leads to: a root, or a pointer to one.
func (l Link) Target() krpc.ID {
	if l.Name == "" {
		return l.Root
	}
	return krpc.KeyTarget(l.Key, []byte(l.Name))
}

// String writes what ParseLink reads.
func (l Link) String() string {
	if l.Name == "" {
		return Scheme + l.Root.String()
	}
	return Scheme + hex.EncodeToString(l.Key[:]) + "/" + l.Name
}

// Pointer is the value of a mutable item that leads to a root.
func Pointer(root krpc.ID) []byte {
	return append(krpc.AppendString([]byte("d2:ldi1e4:root"), root[:]), 'e')
}

// ParsePointer reads one. What it leads to must be a root, not a pointer again: [Gather] makes sure
// of it.
func ParsePointer(value []byte) (root krpc.ID, err error) {
	fields, err := dictionary(value, "root")
	if err != nil {
		return root, err
	}
	var text string
	if !take(fields, "root", &text) || len(text) != idLen {
		return root, problem("a pointer that leads nowhere: its root has not 20 bytes")
	}
	return krpc.ID([]byte(text)), nil
}
