package sim

import (
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Link says how the network between the nodes treats datagrams. The zero value means: default
// latency, no loss, all nodes reachable.
type Link struct {
	Latency Latency
	// Loss is the probability that a datagram is lost, 0 to 1; each is drawn independently.
	Loss float64
	// NAT is the share of members behind NAT, 0 to 1. Which members are follows from the seed and
	// the member's number alone: a larger share only adds some.
	NAT float64
	// MTU is how many bytes the longest packet has that gets through in one
	// piece, with 28 bytes of IPv4 and UDP headers or 48 of IPv6 and UDP, 68 to
	// 65535. Longer ones are lost, or fragmented. Default 0: there are no longer ones.
	MTU int
	// Fragment cuts packets longer than MTU into as many as it takes (RFC 791, 8200).
	// Each may be lost on its own, and the datagram with it.
	Fragment bool
	// Inbound limits the rate at which members receive.
	Inbound Inbound
}

// Latency is the law of round-trip times. A datagram takes half of the round trip of its pair of
// nodes, in either direction. At most one of Constant and Median may be set; the zero value is the
// default, a log-normal law with DefaultMedian and DefaultSigma.
type Latency struct {
	// Constant gives every pair the same round trip.
	Constant time.Duration
	// Median and Sigma of a log-normal law: the logarithm of a pair's round
	// trip is normal with standard deviation Sigma. Each pair is drawn once.
	// Sigma 0 with a Median makes all pairs equal.
	Median time.Duration
	Sigma  float64
}

// Defaults of Latency, fixed by the contract for scripts: nine pairs of ten have between 37 and 268
// ms. Erman, Ilie and Popescu found that response times among BitTorrent peers follow log-normal
// laws ("BitTorrent Traffic Characteristics", 2006).
const (
	DefaultMedian = 100 * time.Millisecond
	DefaultSigma  = 0.6
)

const (
	headers  = 28    // bytes of IPv4 (RFC 791) and UDP (RFC 768) in front of a datagram
	headers6 = 48    // of IPv6 (RFC 8200) and UDP
	minMTU   = 68    // RFC 791: every network must carry it in one piece
	maxMTU   = 65535 // RFC 791: the longest packet there is
)

const (
	maxRoundTrip = time.Hour
	maxSigma     = 3 // beyond it nine pairs of ten spread over a factor of 20,000
)

// withDefaults fills in the defaults of Latency and Inbound.
func (l Link) withDefaults() Link {
	if l.Latency == (Latency{}) {
		l.Latency = Latency{Median: DefaultMedian, Sigma: DefaultSigma}
	}
	if l.Inbound.limited() && l.Inbound.Wait == 0 {
		l.Inbound.Wait = DefaultWait
	}
	return l
}

func (l Link) validate() error {
	if err := probability("loss", l.Loss); err != nil {
		return err
	}
	if err := probability("nat", l.NAT); err != nil {
		return err
	}
	switch {
	case l.MTU != 0 && (l.MTU < minMTU || l.MTU > maxMTU):
		return problem("mtu must be %d to %d bytes, got %d", minMTU, maxMTU, l.MTU)
	case l.Fragment && l.MTU == 0:
		return problem("datagrams are fragmented beyond an mtu, got none")
	}
	if err := l.Inbound.validate(); err != nil {
		return err
	}
	return l.Latency.validate()
}

func (l Latency) validate() error {
	switch {
	case l.Constant != 0 && (l.Median != 0 || l.Sigma != 0):
		return problem("latency is either constant or has a median and sigma, got both")
	case l.Constant < 0 || l.Constant > maxRoundTrip:
		return problem("latency must be between 0 and %v, got %v", maxRoundTrip, l.Constant)
	case l.Median < 0 || l.Median > maxRoundTrip:
		return problem("median latency must be between 0 and %v, got %v", maxRoundTrip, l.Median)
	case l.Median == 0 && l.Sigma != 0:
		return problem("latency has sigma %v but no median", l.Sigma)
	case !(l.Sigma >= 0 && l.Sigma <= maxSigma): // refuses NaN too
		return problem("sigma of the latency must be between 0 and %v, got %v", maxSigma, l.Sigma)
	}
	return nil
}

// link is a Link ready for decisions, which are all made with integers.
type link struct {
	Link
	seed    uint64
	loss    uint64    // a draw of 53 bits below it is a loss
	nat     uint64    // a draw of 53 bits below it is a member behind NAT
	whole   int       // bytes of the longest datagram that travels in one piece
	limited bool      // the lines of members are limited
	delays  []int64   // equally likely one-way delays, ns, ascending; one if all pairs are alike
	fastest krpc.Time // of these
}

// Salts keep what is derived from one seed apart.
const (
	saltNode   = 0x6e6f6465 // a node's own source
	saltWorld  = 0x776f726c // the world's draws: entry nodes, members that leave
	saltWarm   = 0x7761726d // what a warm start puts into a member's table
	saltNAT    = 0x6e617400 // which members are behind NAT
	saltDelays = 0x6c61676d // the latency of a pair
	saltLoss   = 0x6c6f7373 // which datagrams are lost

	saltChurn   = 0x636875726e   // which members come and go, and when
	saltSplit   = 0x73706c6974   // which members a partition cuts off
	saltSkew    = 0x736b6577     // how wrong a clock is
	saltMix     = 0x6d6978       // the behavior of members
	saltGhost   = 0x67686f7374   // ids of contacts that left before the beginning
	saltSybil   = 0x737962696c   // ids of sybils
	saltTraffic = 0x747261666669 // which members search, when and for what
	saltTorrent = 0x746f7272656e // info-hashes
	saltAlias   = 0x616c696173   // ids that members pretend to have
	saltSix     = 0x736978       // which members have an IPv6 address too
	saltWarmSix = 0x776172366d   // what a warm start puts into its second table
)

func newLink(l Link, seed uint64) *link {
	l = l.withDefaults()
	whole := maxPacket
	if l.MTU != 0 {
		whole = l.MTU - headers
	}
	delays := l.Latency.delays()
	return &link{
		Link: l, seed: seed, loss: threshold(l.Loss), nat: threshold(l.NAT), delays: delays, fastest: krpc.Time(delays[0]),
		whole: whole, limited: l.Inbound.limited(),
	}
}

// threshold scales p by 2^53, exactly.
func threshold(p float64) uint64 { return uint64(float64(p * (1 << 53))) }

// delay returns how long a datagram takes between a and b: at least 1 ns, so that time goes on.
func (l *link) delay(a, b uint32) krpc.Time {
	if len(l.delays) == 1 {
		return krpc.Time(l.delays[0])
	}
	if a > b {
		a, b = b, a
	}
	pair := mix(l.seed^saltDelays, uint64(a)<<32|uint64(b))
	return krpc.Time(l.delays[pair>>(64-quantileBits)])
}

// pieces returns in how many packets a datagram travels over IPv4 or IPv6; 0 if it is too long.
// size is in bytes.
func (l *link) pieces(size int, six bool) int {
	switch {
	case size > maxPacket:
		return 0
	case l.MTU == 0 || size+headersOf(six) <= l.MTU:
		return 1
	case !l.Fragment:
		return 0
	}
	const udp, fragment = 8, 8 // the latter is IPv6's header of each
	each := l.MTU - headersOf(six) + udp
	if six {
		each -= fragment
	}
	each &^= 7 // fragments begin at multiples of 8 bytes
	return (size + udp + each - 1) / each
}

// headersOf returns how many bytes of headers a datagram has.
func headersOf(six bool) int {
	if six {
		return headers6
	}
	return headers
}

// loses reports whether a datagram is lost because one of its packets is. rank has the number of
// the sender and the count of its datagrams.
func (l *link) loses(rank uint64, pieces int) (lost bool) {
	draw := mix(l.seed^saltLoss, rank)
	for range pieces {
		lost = lost || draw>>11 < l.loss
		draw = finalize(draw)
	}
	return lost
}

// behindNAT reports whether the node of that number is behind NAT. Nodes opened by the caller never
// are.
func (l *link) behindNAT(number uint32) bool {
	return l.nat > 0 && number < maxMembers && mix(l.seed^saltNAT, uint64(number))>>11 < l.nat
}

// quantileBits: a log-normal law is replaced by 2^quantileBits equally likely values, its
// quantiles. Steps near the median are 0.04 % at the default sigma, and nothing lies beyond 3.7
// sigma.
const quantileBits = 12

// delays lists the one-way delays, ascending and equally likely.
func (l Latency) delays() []int64 {
	if l.Constant != 0 || l.Sigma == 0 {
		return []int64{max(1, int64(l.Constant+l.Median)/2)}
	}
	delays := normalQuantiles(1 << quantileBits)
	table := make([]int64, len(delays))
	for i, z := range delays {
		table[i] = max(1, int64(float64(float64(l.Median/2)*exp(float64(l.Sigma*z)))))
	}
	return table
}
