// Package dht is one node of the BitTorrent DHT (BEP 5): a full member that asks, answers,
// remembers and keeps its table alive. It speaks IPv4, IPv6 or both (BEP 32), estimates the size of
// swarms (33), chooses an id that suits its address (42), supports read-only nodes (43), stores and
// finds items (44) and answers with samples of its info-hashes (51).
//
// A [Node] is a value, not a process. It owns no socket, no clock, no goroutine and no random
// source: its input comes in as arguments, its datagrams leave through a [Wire]. The same code
// serves a UDP port (package udp) and lives a million times over in one simulation (package sim).
//
// A host has four duties:
//
//  1. give every datagram to [Node.Receive], with the time and its sender;
//  2. take datagrams from the node's [Wire] to their addresses;
//  3. after each call of any method, look at [Node.Next], and call [Node.Advance] by then;
//  4. call from one goroutine at a time.
//
// All else is up to the caller: [Node.Query] sends one query, [Node.FindNode], [Node.GetPeers],
// [Node.AnnouncePeer], [Node.Scrape], [Node.Get] and [Node.Put] search, [Node.Bootstrap] joins.
// Each takes a callback, which runs within Receive or Advance. Callers that would rather block use
// package client, or Lua.
//
// Nothing that arrives is trusted: junk is counted in [Stats] and dropped, every store has a limit,
// and only nodes that answered us are handed to others. On the public DHT ([Config.Public]) the
// node moreover paces its queries, and sends no address more than four times the bytes it sent
// before it has proved itself.
//
// The files form layers, from the lowest: wire, error, reach, limit, rtt, peerset, liars, stats,
// network, pending, result, scratch, pacer, config, optional, core, query, budget, server, hook,
// node, purpose, search, join, keep, upkeep, drive, idle, prefetch.
package dht
