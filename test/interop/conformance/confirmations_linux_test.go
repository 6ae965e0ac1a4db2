package conformance

import (
	"crypto/ed25519"
	"crypto/sha1"
	"fmt"
	"slices"
	"strings"
)

// confirmations try a rule once more, by hand, and report whether the client breaks it.
var confirmations = map[string]func(x *exchange) (broken bool){
	"names the K = 8 nearest nodes, and no more":                                            namesMore,
	"names the nearest to the target that it knows":                                         namesFarther,
	"does not name a node that has never answered, after one query of its":                  func(x *exchange) bool { return namesSilent(x, 1) },
	"does not name a node that has never answered, after two queries of its":                func(x *exchange) bool { return namesSilent(x, 2) },
	"gives no answer to an error":                                                           answers("d1:eli203e1:xe1:t2:aa1:y1:ee"),
	"gives no answer to a response":                                                         answers("d1:rd2:id@e1:t2:aa1:y1:re"),
	"takes an announce with its token, and tells of the peer":                               hidesPeer,
	"stores no peer of an announce of port 0":                                               serves("4:porti0e", 0),
	"stores no peer of an announce of port 65536":                                           serves("4:porti65536e", 0),
	"stores no peer of an announce of port -1":                                              serves("4:porti-1e", 65535),
	"stores no peer of an announce without a port":                                          serves("", 0),
	"stores a value, and gives it to others as it was":                                      losesValue,
	"stores a value of 1000 bytes":                                                          refusesValue,
	"refuses a value of 1001 bytes with 205":                                                takesLongValue,
	"refuses a cas that is not the seq of what it holds with 301":                           takesCas(4),
	"refuses a cas of 0, which is not the same as none":                                     takesCas(0),
	`is alive after the probe "refuses a find_node for a target that is a number with 203"`: ends("d1:ad2:id@6:targeti20ee1:q9:find_node1:t2:aa1:y1:qe"),
}

// confirmedByEnd are the rules whose confirmation ends the client.
var confirmedByEnd = map[string]bool{
	`is alive after the probe "refuses a find_node for a target that is a number with 203"`: true,
}

// namesMore looks for an answer that names more than eight nodes. Twelve sockets ask first, for
// clients that have just started and take in those who ask.
func namesMore(x *exchange) bool {
	for range 12 {
		x.another().findNode(random())
	}
	for range 4 {
		if len(contacts(x.a.findNode(random()))) > 8 {
			return true
		}
	}
	return false
}

// namesFarther looks for points near which the client knows nodes that it does not name, though
// they are nearer than one that it names. It knows those that it has named before, most of all for
// the same point in answer to get_peers. The points are pairs of opposites, as some clients are
// wrong in their own half of the space only.
func namesFarther(x *exchange) bool {
	var known []string
	wrong := 0
	for range 8 {
		point := random()
		for _, target := range []string{point, opposite(point)} {
			known = append(known, contacts(x.a.getPeers(target))...)
			named := contacts(x.a.findNode(target))
			if missesNearer(target, known, named) {
				wrong++
			}
			known = append(known, named...)
		}
	}
	return wrong > 1
}

// opposite is the point that is farthest from another.
func opposite(point string) string {
	bits := []byte(point)
	for i := range bits {
		bits[i] ^= 0xff
	}
	return string(bits)
}

// missesNearer reports whether a known contact is not named, though it is nearer to the target than
// one that is.
func missesNearer(target string, known, named []string) bool {
	return slices.ContainsFunc(known, func(other string) bool {
		return !slices.Contains(named, other) &&
			slices.ContainsFunc(named, func(one string) bool { return nearer(target, other[:20], one[:20]) })
	})
}

// namesSilent has a socket that never answers send queries, with an id next to the client's, and
// asks for that id.
func namesSilent(x *exchange, queries int) bool {
	id := field(x.a.ask(ping), "id")
	if len(id) != 20 {
		return false
	}
	x.silent.id = id[:17] + random()[:3]
	for range queries {
		x.silent.findNode(random())
	}
	for range 3 {
		if names(x.a.findNode(x.silent.id), x.silent) {
			return true
		}
	}
	return false
}

// answers reports whether the client answers a datagram that must have no answer.
func answers(datagram string) func(*exchange) bool {
	return func(x *exchange) bool { return x.a.ask(datagram) != "" }
}

// hidesPeer announces a peer at port 7001, which must be told of: its two bytes are 1b 59.
func hidesPeer(x *exchange) bool {
	hash := random()
	x.a.announce(hash, "4:porti7001e")
	return !strings.Contains(x.b.getPeers(hash), peer(x.a, 0x1b59))
}

// serves announces a port that cannot be, and reports whether the client then tells of a peer at
// the other port.
func serves(argument string, port uint16) func(*exchange) bool {
	return func(x *exchange) bool {
		hash := random()
		x.a.announce(hash, argument)
		return strings.Contains(x.b.getPeers(hash), peer(x.a, port))
	}
}

// immutable puts a value, in bencode, under the hash of that.
func immutable(x *exchange, value string) (answer, target string) {
	hash := sha1.Sum([]byte(value))
	target = string(hash[:])
	return x.a.put(target, "2:id@", "1:v"+value), target
}

func losesValue(x *exchange) bool {
	value := "d4:listli1e3:twoli-3eee4:text40:" + fmt.Sprintf("%040x", random()) + "e"
	_, target := immutable(x, value)
	return !strings.Contains(x.b.get(target), "1:v"+value)
}

func refusesValue(x *exchange) bool {
	answer, _ := immutable(x, "996:"+strings.Repeat("v", 996)) // 1000 bytes with its length
	return !strings.Contains(answer, "1:y1:r")
}

func takesLongValue(x *exchange) bool {
	answer, _ := immutable(x, "997:"+strings.Repeat("v", 997))
	return !strings.Contains(answer, "eli205e")
}

// takesCas puts an item of seq 5 and then one of seq 6 on the condition that another seq is there,
// which must be refused with 301.
func takesCas(cas int) func(*exchange) bool {
	return func(x *exchange) bool {
		key := ed25519.NewKeyFromSeed([]byte(random() + random()[:12]))
		signed(x, key, "", 5, "4:five")
		return !strings.Contains(signed(x, key, fmt.Sprintf("3:casi%de", cas), 6, "3:six"), "eli301e")
	}
}

// signed puts what a key has signed.
func signed(x *exchange, key ed25519.PrivateKey, cas string, seq int, value string) string {
	public := key.Public().(ed25519.PublicKey)
	hash := sha1.Sum(public)
	signature := ed25519.Sign(key, fmt.Appendf(nil, "3:seqi%de1:v%s", seq, value))
	before := fmt.Sprintf("%s2:id@1:k32:%s3:seqi%de3:sig64:%s", cas, public, seq, signature)
	return x.a.put(string(hash[:]), before, "1:v"+value)
}

// ends sends a datagram, and reports whether the client answers pings before and not after.
func ends(datagram string) func(*exchange) bool {
	return func(x *exchange) bool {
		before := x.a.ask(ping)
		x.a.send(datagram)
		return before != "" && x.a.ask(ping) == "" && x.b.ask(ping) == ""
	}
}
