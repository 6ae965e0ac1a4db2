package dht

// Counters count what happened since a node was made.
type Counters struct {
	PacketsIn, PacketsOut uint64
	BytesIn, BytesOut     uint64 // of UDP payload

	QueriesIn   uint64 // well-formed queries we were asked
	RepliesOut  uint64 // responses we gave
	ErrorsOut   uint64 // errors we gave
	QueriesOut  uint64 // queries we sent
	RepliesIn   uint64 // responses that matched a query of ours
	ErrorsIn    uint64 // errors that matched a query of ours
	Timeouts    uint64 // queries of ours that were not answered
	AnnouncesIn uint64 // announces we stored
	ItemsIn     uint64 // puts we stored

	Junk        uint64 // datagrams that are not KRPC messages
	Martians    uint64 // datagrams from impossible addresses
	Reflected   uint64 // queries under our own id
	Unmatched   uint64 // responses and errors that answer nothing we asked, or came too late
	Malformed   uint64 // responses without a usable id, lists of a broken length
	Amplified   uint64 // answers held back or cut: over 4 times the query, to an address that had not proved itself
	Delayed     uint64 // queries of ours that were paced
	Unserved    uint64 // queries dropped because we are read-only
	RateLimited uint64 // queries dropped because their sender asks too often
	HooksMissed uint64 // queries that a hook did not decide in time; they got the built-in answer
}

// Stats are a node's counters, and its gauges of this moment.
type Stats struct {
	Counters

	Denied      int // queries that were not sent, as their address is out of reach
	Pending     int // queries of ours that wait for an answer
	Searches    int // lookups under way
	Known       int // nodes in the table, or both
	Refused     int // nodes that found no room in a flat table
	Hashes      int // info-hashes announced to us
	PeersStored int // peers stored under them
	ItemsStored int // BEP 44 items stored
}
