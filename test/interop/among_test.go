package interop

import "testing"

// TestAmongThemselves is the control: the same questions as to lightdht, put to the others without
// it. When this fails, a client or its peer program is broken.
func TestAmongThemselves(t *testing.T) {
	for _, first := range clients {
		t.Run("through "+first.name, func(t *testing.T) {
			peers := map[string]*peer{first.name: startPeer(t, first, 1)}
			start := peers[first.name].addrs[0]
			for _, c := range clients {
				if c.name != first.name {
					peers[c.name] = startPeer(t, c, 1, start)
					peers[c.name].nodes(t, 0, 1)
				}
			}
			for _, announcer := range clients {
				hash := infoHash()
				want := peers[announcer.name].announce(t, 0, hash, 7001)
				for _, searcher := range clients {
					if searcher.name != announcer.name {
						peers[searcher.name].finds(t, 0, hash, want)
					}
				}
			}
		})
	}
}
