package krpc

// keys is a set of the dictionary keys that [Message.Parse] knows; a key that matters must not
// occur twice.
type keys uint64

// The outer keys, then those of the `a` or `r` dictionary.
const (
	keyTx              keys = 1 << iota // t
	keyKind                             // y
	keyMethod                           // q
	keyArgs                             // a
	keyReturn                           // r
	keyError                            // e
	keyVersion                          // v
	keyIP                               // ip
	keyReadOnly                         // ro
	keyID                               // id
	keyTarget                           // target
	keyInfoHash                         // info_hash
	keyPort                             // port
	keyImpliedPort                      // implied_port
	keyToken                            // token
	keyNodes                            // nodes
	keyNodes6                           // nodes6
	keyValues                           // values
	keyWant                             // want
	keySeed                             // seed
	keyNoSeed                           // noseed
	keyScrape                           // scrape
	keySeedFilter                       // BFsd
	keyOtherSeedFilter                  // BFse
	keyPeerFilter                       // BFpe
	keyItem                             // v
	keyItemKey                          // k
	keySig                              // sig
	keySalt                             // salt
	keySeq                              // seq
	keyCas                              // cas
	keySamples                          // samples
	keyNum                              // num
	keyInterval                         // interval
)
