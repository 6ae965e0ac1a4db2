// Package dht is one node of the BitTorrent DHT (BEP 5): a full member that
// asks, answers, remembers and keeps its table alive. It speaks IPv4, IPv6 or both
// (BEP 32), counts swarms (33), chooses an id that suits its address (42), knows
// guests (43), stores and finds items (44) and tells samples of what it stores (51).
//
// A [Node] is a value, not a process. It owns no socket, no clock, no goroutine
// and no random source: what it needs comes in as arguments, what it wants sent
// leaves through a [Wire]. The same code serves a UDP port (package udp) and
// lives a million times over in one simulation (package sim).
//
// A host has four duties:
//
//  1. give every datagram to [Node.Receive], with the time and its sender;
//  2. take datagrams from the node's [Wire] to where they are addressed;
//  3. after each call of any method, look at [Node.Next], and call
//     [Node.Advance] no later than then;
//  4. call from one goroutine at a time.
//
// All else is asked of the node: [Node.Query] sends one query, [Node.FindNode],
// [Node.GetPeers], [Node.AnnouncePeer], [Node.Scrape], [Node.Get] and [Node.Put]
// search, [Node.Bootstrap] joins. Each takes a callback, which runs within Receive or
// Advance. Callers that would rather block use package client, or Lua.
//
// Nothing that arrives is trusted: junk is counted in [Stats] and dropped, every
// store has a limit, and only nodes that answered us are handed to others. On the
// public DHT ([Config.Public]) the node moreover spaces its queries out, and gives
// nobody more than four times what they sent before they have proved their address.
package dht
