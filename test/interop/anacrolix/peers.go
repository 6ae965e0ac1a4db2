package main

import (
	"slices"
	"sync"

	"github.com/anacrolix/dht/v2/krpc"
	peer_store "github.com/anacrolix/dht/v2/peer-store"
)

// peerStore remembers who announced what. The library's own in-memory store (v2.23.0) keys its
// entries by IP address and then reads address and port back from that key, so that it never
// returns a peer it was given.
type peerStore struct {
	mu    sync.Mutex
	peers map[peer_store.InfoHash][]krpc.NodeAddr
}

func newPeerStore() *peerStore {
	return &peerStore{peers: map[peer_store.InfoHash][]krpc.NodeAddr{}}
}

// AddPeer keeps one entry for each address that the library hands over, whatever its port is.
func (s *peerStore) AddPeer(hash peer_store.InfoHash, peer krpc.NodeAddr) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := func(other krpc.NodeAddr) bool { return other.Port == peer.Port && other.IP.Equal(peer.IP) }
	if !slices.ContainsFunc(s.peers[hash], known) {
		s.peers[hash] = append(s.peers[hash], peer)
	}
}

func (s *peerStore) GetPeers(hash peer_store.InfoHash) []krpc.NodeAddr {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.peers[hash]
}
