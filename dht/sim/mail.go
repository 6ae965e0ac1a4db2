package sim

import "github.com/lightdht/lightdht/dht"

// letter says where a datagram goes.
type letter struct {
	at       dht.Time // of its arrival
	rank     uint64   // among those that arrive at the same time: by sender, then in the order of sending
	from, to uint32
	size     uint32
	six      bool // over IPv6
}

// mailbox holds what one lane sends to another while both go on at once.
type mailbox struct {
	letters []letter
	packets []byte // one after the other
}

func (b *mailbox) post(m letter, packet []byte) {
	m.size = uint32(len(packet))
	b.letters = append(b.letters, m)
	b.packets = append(b.packets, packet...)
}

// collect takes in what the others have sent meanwhile.
func (l *lane) collect() {
	for _, from := range l.world.lanes {
		box := &from.mail[l.place]
		packets := box.packets
		for _, m := range box.letters {
			l.accept(m, packets[:m.size])
			packets = packets[m.size:]
		}
		box.letters, box.packets = box.letters[:0], box.packets[:0]
	}
}
