package sim

import "github.com/lightdht/lightdht/dht"

// message says where a datagram goes. Its bytes are kept apart.
type message struct {
	at       dht.Time // of its arrival
	rank     uint64   // among those that arrive at the same time: by sender, then in the order of sending
	from, to uint32
	size     uint32
	six      bool // over IPv6
}

// mailbox holds the datagrams that one shard sends to another while both run. Only the sender
// touches it until the shards have stopped.
type mailbox struct {
	messages []message
	packets  []byte // one after the other
}

func (b *mailbox) post(m message, packet []byte) {
	m.size = uint32(len(packet))
	b.messages = append(b.messages, m)
	b.packets = append(b.packets, packet...)
}
