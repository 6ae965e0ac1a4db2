package main

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/anacrolix/dht/v2/bep44"
	"github.com/anacrolix/dht/v2/exts/getput"
	"github.com/anacrolix/dht/v2/krpc"
	"github.com/anacrolix/torrent/bencode"
)

// itemPatience is how long a walk for an item may take.
const itemPatience = 20 * time.Second

// put walks to the nodes closest to an item and stores it there. The library keeps a copy of its
// own first, and sends nothing if that is refused.
func put(node *node, r request) (reply, error) {
	item, err := r.item()
	if err != nil {
		return nil, err
	}
	ctx, end := context.WithTimeout(context.Background(), itemPatience)
	defer end()
	node.puts.reset()
	target := krpc.ID(item.Target())
	_, err = getput.Put(ctx, target, node.Server, item.Salt, func(int64) bep44.Put { return item })
	if err != nil {
		return nil, err
	}
	stored, refused := node.puts.outcome()
	return reply{"stored": stored, "refused": refused, "seq": item.Seq}, nil
}

// item makes what is to be stored, signed if there is a secret key.
func (r request) item() (bep44.Put, error) {
	raw, err := hex.DecodeString(r.Value)
	if err != nil {
		return bep44.Put{}, err
	}
	item := bep44.Put{Seq: r.Seq, Cas: r.Cas}
	if err := bencode.Unmarshal(raw, &item.V); err != nil {
		return item, err
	}
	seed, err := hex.DecodeString(r.Secret)
	if err != nil || len(seed) == 0 {
		return item, err
	}
	if item.Salt, err = hex.DecodeString(r.Salt); err != nil {
		return item, err
	}
	secret := ed25519.NewKeyFromSeed(seed)
	item.K = (*[32]byte)(secret.Public().(ed25519.PublicKey))
	item.Sign(secret)
	return item, nil
}

// get looks an item up, at other nodes.
func get(node *node, r request) (reply, error) {
	target, salt, err := r.where()
	if err != nil {
		return nil, err
	}
	ctx, end := context.WithTimeout(context.Background(), itemPatience)
	defer end()
	found, _, err := getput.Get(ctx, target, node.Server, nil, salt)
	if err != nil {
		return nil, err
	}
	answer := reply{"value": hex.EncodeToString(found.V)}
	if found.Mutable {
		answer["seq"] = found.Seq
	}
	return answer, nil
}

// where returns the target of an item and its salt.
func (r request) where() (target bep44.Target, salt []byte, err error) {
	if salt, err = hex.DecodeString(r.Salt); err != nil {
		return target, nil, err
	}
	text := r.Target
	if r.Key != "" {
		text = r.Key
	}
	raw, err := hex.DecodeString(text)
	switch {
	case err != nil:
	case r.Key == "" && len(raw) == len(target):
		target = bep44.Target(raw)
	case r.Key != "" && len(raw) == ed25519.PublicKeySize:
		target = bep44.MakeMutableTarget([32]byte(raw), salt)
	default:
		err = fmt.Errorf("key or target expected, got %q", text)
	}
	return target, salt, err
}
