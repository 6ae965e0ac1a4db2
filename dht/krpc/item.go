package krpc

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha1"
	"errors"
	"fmt"
	"strconv"
)

// Limits of an item (BEP 44), in bytes.
const (
	MaxValue = 1000 // of the bencoded value
	MaxSalt  = 64
)

const (
	keyLen = ed25519.PublicKeySize
	sigLen = ed25519.SignatureSize

	// In a message an item's value is inside two dictionaries, so it may be less deep by two: we
	// must be able to read the messages that we write.
	aroundValue = 2
)

// Item is an item of BEP 44: an immutable value, found under its hash, or a mutable one, which the
// owner of a key can change, found under the key.
type Item struct {
	Value   []byte       // bencoded, at most MaxValue bytes
	Mutable bool         // the fields below are of mutable items only
	Key     [keyLen]byte // Ed25519 public key
	Salt    []byte       // at most MaxSalt bytes; may be empty; tells apart the items of one key
	Seq     int64        // 0 and up; the highest is the newest
	Sig     [sigLen]byte // by Key over Salt, Seq and Value
}

// ValueTarget returns the target of the immutable item of a bencoded value.
func ValueTarget(value []byte) ID { return sha1.Sum(value) }

// KeyTarget returns the target of the mutable item of a public key; salt is empty or nil if there
// is no salt.
func KeyTarget(key [keyLen]byte, salt []byte) ID {
	return sha1.Sum(append(key[:], salt...)) // key is our copy, and append makes another
}

// Target returns the target under which the item is found.
func (it *Item) Target() ID {
	if it.Mutable {
		return KeyTarget(it.Key, it.Salt)
	}
	return ValueTarget(it.Value)
}

// Sign makes the item a mutable one of key, from its Salt, Seq and Value, which must not change
// afterwards. A key of a wrong length panics, as [ed25519.Sign] does.
func (it *Item) Sign(key ed25519.PrivateKey) {
	it.Mutable = true
	it.Key = [keyLen]byte(key[keyLen:])
	it.Sig = [sigLen]byte(ed25519.Sign(key, it.signed()))
}

// signed is the text under the signature: a part of a dictionary.
func (it *Item) signed() []byte {
	b := make([]byte, 0, MaxValue+MaxSalt+64)
	if len(it.Salt) > 0 {
		b = AppendString(append(b, "4:salt"...), it.Salt)
	}
	b = append(b, "3:seqi"...)
	b = strconv.AppendInt(b, it.Seq, 10)
	b = append(b, "e1:v"...)
	return append(b, it.Value...)
}

// Check returns nil for an item that may be stored, or else the error to answer
// with: [CodeValueTooBig], [CodeSaltTooBig], [CodeBadSignature], or
// [CodeProtocol] for a value that is not canonical bencode or is too deep, and
// for a negative sequence number. A signature takes some 50 µs to verify, so
// that comes last.
func (it *Item) Check() *Error {
	if len(it.Value) <= MaxValue && !canonicalWithin(it.Value, aroundValue) {
		return &Error{CodeProtocol, "v is not canonical bencode"}
	}
	return it.verify()
}

// verify is Check without the form of the value.
func (it *Item) verify() *Error {
	switch {
	case len(it.Value) > MaxValue:
		return &Error{CodeValueTooBig, "v is longer than 1000 bytes"}
	case !it.Mutable:
		return nil
	case len(it.Salt) > MaxSalt:
		return &Error{CodeSaltTooBig, "salt is longer than 64 bytes"}
	case it.Seq < 0:
		return &Error{CodeProtocol, "seq is negative"}
	case !ed25519.Verify(it.Key[:], it.signed(), it.Sig[:]):
		return &Error{CodeBadSignature, "invalid signature"}
	}
	return nil
}

// Clone returns a copy that shares no bytes with it.
func (it *Item) Clone() Item {
	c := *it
	c.Value, c.Salt = bytes.Clone(it.Value), bytes.Clone(it.Salt)
	return c
}

// Errors of [Message.Item].
var (
	ErrNoItem  = errors.New("krpc: an answer without an item")
	ErrBadItem = errors.New("krpc: not the item that was asked for") // wrapped, with the reason
)

// Item returns the item in an answer to get, verified against target: the hash of an immutable
// value, or the hash of a mutable item's key with salt (nil if it has no salt), and the signature.
// The keys of the value's dictionaries may be out of order, although no node should store such a
// value. The item is a copy. The error is [ErrNoItem], or one that wraps [ErrBadItem].
func (m *Message) Item(target ID, salt []byte) (Item, error) {
	if m.Has&HasV == 0 {
		return Item{}, ErrNoItem
	}
	it := Item{Value: m.V}
	if it.Target() != target {
		if m.Has&itemFields != itemFields {
			return Item{}, fmt.Errorf("%w: the hash of v is not the target", ErrBadItem)
		}
		it = m.mutable(salt)
	}
	if it.Target() != target {
		return Item{}, fmt.Errorf("%w: the hash of neither v nor k is the target", ErrBadItem)
	}
	if reason := it.verify(); reason != nil {
		return Item{}, fmt.Errorf("%w: %s", ErrBadItem, reason.Message)
	}
	return it.Clone(), nil
}

// itemFields are the fields of a mutable item besides its value.
const itemFields = HasK | HasSeq | HasSig

// mutable returns the mutable item of a message that has itemFields.
func (m *Message) mutable(salt []byte) Item {
	return Item{Value: m.V, Mutable: true, Key: [keyLen]byte(m.K), Salt: salt, Seq: m.Seq, Sig: [sigLen]byte(m.Sig)}
}

// PutItem returns the item of a put query, whose slices alias the datagram, or the error to answer
// with: the errors of [Item.Check], and [CodeProtocol] for a query without `v`, with some but not
// all of `k`, `seq` and `sig`, with a value in [Message.Bad], or whose keys are out of order
// anywhere. A `seq` alone does not make an item mutable: anacrolix/dht sends one with all that it
// stores. A valid item may still have to be refused for its token, or for the stored item.
func (m *Message) PutItem() (Item, *Error) {
	const ours = itemFields | HasSalt | HasCas
	some := m.Has & itemFields
	if some == HasSeq {
		some = 0
	}
	switch {
	case m.Has&HasV == 0:
		return Item{}, &Error{CodeProtocol, "missing v"}
	case m.Bad&ours != 0:
		return Item{}, &Error{CodeProtocol, "k, sig, salt, seq or cas is invalid"}
	case some != 0 && some != itemFields:
		return Item{}, &Error{CodeProtocol, "some but not all of k, seq and sig"}
	case !Canonical(m.Body):
		return Item{}, &Error{CodeProtocol, "not canonical bencode"}
	case len(m.Salt) > MaxSalt: // also of an immutable item, where it has no meaning
		return Item{}, &Error{CodeSaltTooBig, "salt is longer than 64 bytes"}
	}
	it := Item{Value: m.V}
	if some != 0 {
		it = m.mutable(m.Salt)
	}
	if reason := it.Check(); reason != nil {
		return Item{}, reason
	}
	return it, nil
}
