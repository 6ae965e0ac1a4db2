package sim

import "math/rand/v2"

// population is the nodes of a world, and which of its members are online.
type population struct {
	directory
	draws  *rand.PCG // the world's own source: who leaves, who is asked first
	online []uint32  // numbers of the members online, in no order
	byID   idIndex
}

// list puts a member among those online.
func (p *population) list(s *station) {
	s.place = int32(len(p.online))
	p.online = append(p.online, s.number)
}

// delist takes a member out of those online.
func (p *population) delist(s *station) {
	last := p.online[len(p.online)-1]
	p.online[s.place] = last
	p.member(last).place = s.place
	p.online = p.online[:len(p.online)-1]
	s.place = -1
}

// draw returns a random member online; maxMembers if no member is.
func (p *population) draw() uint32 {
	if len(p.online) == 0 {
		return maxMembers
	}
	return p.online[p.below(len(p.online))]
}

// below draws a number from 0 to n-1.
func (p *population) below(n int) int { return below(p.draws, n) }
