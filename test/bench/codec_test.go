package bench

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/zeebo/bencode"

	"github.com/lightdht/lightdht/dht/krpc"
)

// now is a moment in the life of every node measured here.
const now = krpc.Time(1e18)

func source() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

// contact draws a contact: a random id at a random global address.
func contact(src *rand.Rand) krpc.Contact {
	var ip [4]byte
	binary.BigEndian.PutUint32(ip[:], src.Uint32())
	ip[0] = 60 + ip[0]%40
	port := 1024 + uint16(src.UintN(60000))
	return krpc.Contact{ID: krpc.RandomID(src), Addr: netip.AddrPortFrom(netip.AddrFrom4(ip), port)}
}

// getPeersQuery is a query as libtorrent sends it.
func getPeersQuery(id, infoHash krpc.ID) []byte {
	q := krpc.Query{Method: "get_peers", Tx: []byte("aabb"), ID: id, Target: infoHash, Want: krpc.Want4, Version: "LT\x02\x00"}
	return q.Append(nil)
}

// answer is a response with eight nodes and a token, as most answers are.
func answer() krpc.Response {
	src := source()
	r := krpc.Response{Tx: []byte("aabb"), ID: krpc.RandomID(src), IP: contact(src).Addr,
		Lists: krpc.Want4, Token: []byte("01234567"), Version: "LD\x00\x01"}
	for range 8 {
		r.Nodes = append(r.Nodes, contact(src))
	}
	return r
}

func BenchmarkParse(b *testing.B) {
	src := source()
	r := answer()
	for _, c := range []struct {
		name   string
		packet []byte
	}{
		{"query", getPeersQuery(krpc.RandomID(src), krpc.RandomID(src))},
		{"response", r.Append(nil)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			var m krpc.Message
			for b.Loop() {
				if err := m.Parse(c.packet); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(c.name+"/zeebo", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var m message
				if err := bencode.DecodeBytes(c.packet, &m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkWrite(b *testing.B) {
	r := answer()
	packet := r.Append(nil)
	b.Run("response", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			packet = r.Append(packet[:0])
		}
	})
	b.Run("response/zeebo", func(b *testing.B) {
		var m message
		if err := bencode.DecodeBytes(packet, &m); err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := bencode.EncodeBytes(&m); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// message is what one would write for a library that decodes into structs.
type message struct {
	A  *arguments `bencode:"a,omitempty"`
	IP string     `bencode:"ip,omitempty"`
	Q  string     `bencode:"q,omitempty"`
	R  *values    `bencode:"r,omitempty"`
	T  string     `bencode:"t"`
	V  string     `bencode:"v,omitempty"`
	Y  string     `bencode:"y"`
}

type arguments struct {
	ID       string   `bencode:"id"`
	InfoHash string   `bencode:"info_hash,omitempty"`
	Target   string   `bencode:"target,omitempty"`
	Token    string   `bencode:"token,omitempty"`
	Want     []string `bencode:"want,omitempty"`
}

type values struct {
	ID     string   `bencode:"id"`
	Nodes  string   `bencode:"nodes,omitempty"`
	Token  string   `bencode:"token,omitempty"`
	Values []string `bencode:"values,omitempty"`
}
