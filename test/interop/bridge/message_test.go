package bridge

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
)

// maxDatagram is what goes over an Ethernet in one piece: more would be cut up, and fragments do
// not pass every NAT.
const maxDatagram = 1500 - 20 - 8

// A rule checks one value of a message.
type rule func(value any) error

// fields are the keys that a dictionary may have.
type fields map[string]field

type field struct {
	needed bool
	rule   rule
}

func must(r rule) field { return field{true, r} }
func may(r rule) field  { return field{false, r} }

// arguments are those of each query: BEP 5, 32 (want), 33 (noseed, scrape, seed), 44 (get, put) and
// 51.
var arguments = map[string]fields{
	"ping":      {"id": must(bytes20)},
	"find_node": {"id": must(bytes20), "target": must(bytes20), "want": may(families)},
	"get_peers": {"id": must(bytes20), "info_hash": must(bytes20), "want": may(families), "noseed": may(flag), "scrape": may(flag)},
	"announce_peer": {"id": must(bytes20), "info_hash": must(bytes20), "port": must(port), "token": must(text(1, 64)),
		"implied_port": may(flag), "seed": may(flag)},
	"get": {"id": must(bytes20), "target": must(bytes20), "want": may(families), "seq": may(number(0, 1<<62))},
	"put": {"id": must(bytes20), "token": must(text(1, 64)), "v": must(anything), "k": may(text(32, 32)),
		"sig": may(text(64, 64)), "seq": may(number(0, 1<<62)), "salt": may(text(1, 64)), "cas": may(number(0, 1<<62))},
	"sample_infohashes": {"id": must(bytes20), "target": must(bytes20), "want": may(families)},
}

// results are those of the answer to each query. This network is one of IPv4, so that nodes are
// named in "nodes".
var results = map[string]fields{
	"ping":          {"id": must(bytes20)},
	"announce_peer": {"id": must(bytes20)},
	"put":           {"id": must(bytes20)},
	"find_node":     {"id": must(bytes20), "nodes": must(nodes), "nodes6": may(nodes6)},
	"get_peers": {"id": must(bytes20), "token": must(text(1, 64)), "nodes": may(nodes), "nodes6": may(nodes6),
		"values": may(peers), "BFsd": may(text(256, 256)), "BFpe": may(text(256, 256))},
	"get": {"id": must(bytes20), "token": must(text(1, 64)), "nodes": may(nodes), "nodes6": may(nodes6), "v": may(anything),
		"k": may(text(32, 32)), "sig": may(text(64, 64)), "seq": may(number(0, 1<<62))},
	"sample_infohashes": {"id": must(bytes20), "interval": must(number(0, 21600)), "nodes": must(nodes), "nodes6": may(nodes6),
		"num": must(number(0, 1<<62)), "samples": must(multiple(20, 1<<10))},
}

// codes are the errors that the BEPs have names for: 5 those from 201, 44 the others.
var codes = []int64{201, 202, 203, 204, 205, 206, 207, 301, 302}

// A question is a query that was seen on the bridge.
type question struct {
	from, to netip.AddrPort
	id       string
}

// A checker reads one packet after another, in the order in which they went over the bridge.
type checker struct {
	asked map[question][]string // the methods that were asked with this transaction id, each once
}

// check returns what is wrong with a packet of ours.
func (c *checker) check(from, to netip.AddrPort, payload []byte) error {
	if len(payload) > maxDatagram {
		return fmt.Errorf("%d bytes do not fit into one packet", len(payload))
	}
	value, err := decode(payload)
	if err != nil {
		return err
	}
	message, ok := value.(map[string]any)
	if !ok {
		return errors.New("it is no dictionary")
	}
	switch message["y"] {
	case "q":
		return checkQuery(message)
	case "r":
		return c.checkAnswer(from, to, message, "r", c.results)
	case "e":
		return c.checkAnswer(from, to, message, "e", func(string) rule { return refusal })
	}
	return fmt.Errorf("its y is %v", message["y"])
}

// note remembers a query of anybody's, which a packet of ours may answer. Some clients use a
// transaction id again soon: the answer to one query may come after the next.
func (c *checker) note(from, to netip.AddrPort, payload []byte) {
	value, _ := decode(payload)
	message, _ := value.(map[string]any)
	id, _ := message["t"].(string)
	method, ok := message["q"].(string)
	q := question{from, to, id}
	if ok && message["y"] == "q" && !slices.Contains(c.asked[q], method) {
		c.asked[q] = append(c.asked[q], method)
	}
}

func checkQuery(message map[string]any) error {
	method, _ := message["q"].(string)
	expected, ok := arguments[method]
	if !ok {
		return fmt.Errorf("there is no query %q", method)
	}
	return fields{"t": must(text(1, 20)), "y": must(anything), "q": must(anything), "a": must(dictionary(expected)),
		"v": may(text(4, 4)), "ro": may(number(1, 1))}.check(message)
}

// checkAnswer checks what responses and errors have in common, and that the body under key is what
// body wants for one of the methods that were asked: the "ip" (BEP 42) is the address that they go
// to.
func (c *checker) checkAnswer(from, to netip.AddrPort, message map[string]any, key string, body func(method string) rule) error {
	id, _ := message["t"].(string)
	err := fmt.Errorf("nobody has asked with the transaction id %q", id)
	addr := to.Addr().As4()
	own := string(addr[:]) + string([]byte{byte(to.Port() >> 8), byte(to.Port())})
	for _, method := range c.asked[question{to, from, id}] {
		expected := fields{"t": must(anything), "y": must(anything), "v": may(text(4, 4)), "ip": may(exactly(own)), key: must(body(method))}
		if err = expected.check(message); err == nil {
			return nil
		}
	}
	return err
}

// results is the rule for a response to a method. One that we do not know is answered like
// find_node, or with an error.
func (c *checker) results(method string) rule {
	if expected, ok := results[method]; ok {
		return dictionary(expected)
	}
	return dictionary(results["find_node"])
}

// check holds a dictionary against the keys that it may have, those with a fault in their order.
func (f fields) check(dict map[string]any) error {
	for _, key := range slices.Sorted(maps.Keys(f)) {
		value, ok := dict[key]
		if !ok && f[key].needed {
			return fmt.Errorf("%q is missing", key)
		}
		if ok {
			if err := f[key].rule(value); err != nil {
				return fmt.Errorf("%q: %w", key, err)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(dict)) {
		if _, ok := f[key]; !ok {
			return fmt.Errorf("%q is a key that no BEP knows", key)
		}
	}
	return nil
}
