package krpc

import (
	"bytes"
	"encoding/binary"
)

// These functions read one part of a datagram without parsing it. They know the layout that
// [Query.Append], [Response.Append] and [AppendError] write; of another layout they report nothing.

// PeekTarget returns the target of a find_node query without `want`; nil if it is something else.
// The result points into packet.
func PeekTarget(packet []byte) *ID {
	const before, target = "d1:ad2:id20:--------------------", "6:target20:"
	if len(packet) < len(before+target)+IDLen || !bytes.HasPrefix(packet[len(before):], []byte(target)) {
		return nil
	}
	return (*ID)(packet[len(before+target):])
}

// PeekTx returns the transaction id of a response that has one of four bytes and a version of
// four bytes.
func PeekTx(packet []byte) (tx uint32, ok bool) {
	const before, after = "1:t4:", "1:v4:----1:y1:re"
	at := len(packet) - len(after) - 4
	if at < len(before) || string(packet[at-len(before):at]) != before || string(packet[at+4+9:]) != after[9:] {
		return 0, false
	}
	return binary.BigEndian.Uint32(packet[at:]), true
}

// IsAnswer reports whether a datagram is a response or an error: `y` is the last key of the
// dictionary.
func IsAnswer(packet []byte) bool {
	return bytes.HasSuffix(packet, []byte("1:y1:re")) || bytes.HasSuffix(packet, []byte("1:y1:ee"))
}
