---@meta _
-- Generated from lightdht's own definitions; never executed.

---Options of a search, called a walk: it asks nodes nearer and nearer to the target.
---@class dht.WalkOptions
---@field family? "v4"|"v6" # The network to search (BEP 32). Default: each network that the node is a member of, at the same time, with up to k of the closest nodes in each.
---@field k? integer # The walk ends when this many of the closest nodes have replied. (1 to 1024, default 8)
---@field alpha? integer # Queries in flight at once. At most a third of them go to doubtful nodes, unless no others are left: nodes that have never answered, and nodes named by a node that has named dead ones. (1 to 100, default 3)
---@field timeout? seconds # The longest wait for a reply. As soon as a reply takes longer than usual (RFC 6298; at least 0.2 s), the walk asks another node, and may end; a late reply still counts. (0.001 to 3600, default 4)
---@field max_queries? integer # Ends the walk after this many queries. Default: no limit. (1 to 1000000)
---@field start? address[] # Addresses of nodes to begin with, in place of the nodes in the table.
---@field on_reply? fun(reply: dht.Reply) # Called with each dht.Reply when it arrives. It may block. An error in it ends the walk.

---Options of a search for peers.
---@class dht.GetPeersOptions
---@field noseed? boolean # Ask for peers that are not seeds (BEP 33). (default false)
---@field family? "v4"|"v6" # The network to search (BEP 32). Default: each network that the node is a member of, at the same time, with up to k of the closest nodes in each.
---@field k? integer # The walk ends when this many of the closest nodes have replied. (1 to 1024, default 8)
---@field alpha? integer # Queries in flight at once. At most a third of them go to doubtful nodes, unless no others are left: nodes that have never answered, and nodes named by a node that has named dead ones. (1 to 100, default 3)
---@field timeout? seconds # The longest wait for a reply. As soon as a reply takes longer than usual (RFC 6298; at least 0.2 s), the walk asks another node, and may end; a late reply still counts. (0.001 to 3600, default 4)
---@field max_queries? integer # Ends the walk after this many queries. Default: no limit. (1 to 1000000)
---@field start? address[] # Addresses of nodes to begin with, in place of the nodes in the table.
---@field on_reply? fun(reply: dht.Reply) # Called with each dht.Reply when it arrives. It may block. An error in it ends the walk.

---Options of an announce.
---@class dht.AnnounceOptions
---@field seed? boolean # The peer has the whole torrent (BEP 33). (default false)
---@field keep_alive? boolean # Announce it again every 15 minutes while the node is up, or until dht.forget(infohash). (default false)
---@field family? "v4"|"v6" # The network to search (BEP 32). Default: each network that the node is a member of, at the same time, with up to k of the closest nodes in each.
---@field k? integer # The walk ends when this many of the closest nodes have replied. (1 to 1024, default 8)
---@field alpha? integer # Queries in flight at once. At most a third of them go to doubtful nodes, unless no others are left: nodes that have never answered, and nodes named by a node that has named dead ones. (1 to 100, default 3)
---@field timeout? seconds # The longest wait for a reply. As soon as a reply takes longer than usual (RFC 6298; at least 0.2 s), the walk asks another node, and may end; a late reply still counts. (0.001 to 3600, default 4)
---@field max_queries? integer # Ends the walk after this many queries. Default: no limit. (1 to 1000000)
---@field start? address[] # Addresses of nodes to begin with, in place of the nodes in the table.
---@field on_reply? fun(reply: dht.Reply) # Called with each dht.Reply when it arrives. It may block. An error in it ends the walk.

---Options of a search for an item.
---@class dht.GetOptions
---@field salt? string # The salt of a mutable item; its target was made with it.
---@field seq? integer|string # Ask for a mutable item only if its sequence number is higher than this. Nodes without a newer item answer without the value.
---@field family? "v4"|"v6" # The network to search (BEP 32). Default: each network that the node is a member of, at the same time, with up to k of the closest nodes in each.
---@field k? integer # The walk ends when this many of the closest nodes have replied. (1 to 1024, default 8)
---@field alpha? integer # Queries in flight at once. At most a third of them go to doubtful nodes, unless no others are left: nodes that have never answered, and nodes named by a node that has named dead ones. (1 to 100, default 3)
---@field timeout? seconds # The longest wait for a reply. As soon as a reply takes longer than usual (RFC 6298; at least 0.2 s), the walk asks another node, and may end; a late reply still counts. (0.001 to 3600, default 4)
---@field max_queries? integer # Ends the walk after this many queries. Default: no limit. (1 to 1000000)
---@field start? address[] # Addresses of nodes to begin with, in place of the nodes in the table.
---@field on_reply? fun(reply: dht.Reply) # Called with each dht.Reply when it arrives. It may block. An error in it ends the walk.

---Options of a search for the torrent of a key.
---@class dht.GetTorrentOptions
---@field salt? string # Separates the torrents of one key. Default: the salt in the link.
---@field family? "v4"|"v6" # The network to search (BEP 32). Default: each network that the node is a member of, at the same time, with up to k of the closest nodes in each.
---@field k? integer # The walk ends when this many of the closest nodes have replied. (1 to 1024, default 8)
---@field alpha? integer # Queries in flight at once. At most a third of them go to doubtful nodes, unless no others are left: nodes that have never answered, and nodes named by a node that has named dead ones. (1 to 100, default 3)
---@field timeout? seconds # The longest wait for a reply. As soon as a reply takes longer than usual (RFC 6298; at least 0.2 s), the walk asks another node, and may end; a late reply still counts. (0.001 to 3600, default 4)
---@field max_queries? integer # Ends the walk after this many queries. Default: no limit. (1 to 1000000)
---@field start? address[] # Addresses of nodes to begin with, in place of the nodes in the table.
---@field on_reply? fun(reply: dht.Reply) # Called with each dht.Reply when it arrives. It may block. An error in it ends the walk.

---Options of a put. k is the public key of an item here; width is what k is in dht.WalkOptions.
---@class dht.PutOptions
---@field secret_key? string|key.Key # Makes the item mutable, signed with this secret: hex digits, or a key of module key.
---@field salt? string # Separates the mutable items of one key; at most 64 bytes.
---@field seq? integer|string # Sequence number of a mutable item. Default: dht.put searches for the item first and adds 1 to its number, or takes 0 for a new one. dht.rpc.put takes 0.
---@field cas? integer|string # Compare and swap: nodes replace a stored item only if it has this sequence number.
---@field k? string # With sig and seq, in place of secret_key: the public key of an item that is already signed.
---@field sig? string # The signature of such an item.
---@field raw? boolean # The value is a bencoded string, sent byte for byte. (default false)
---@field keep_alive? boolean # Put it again every hour while the node is up and there are too few copies, or until dht.forget(target). (default false)
---@field family? "v4"|"v6" # The network to search (BEP 32). Default: each network that the node is a member of, at the same time, with up to k of the closest nodes in each.
---@field width? integer # The walk ends when this many of the closest nodes have replied. The item is put at these. (1 to 1024, default 8)
---@field alpha? integer # Queries in flight at once. At most a third of them go to doubtful nodes, unless no others are left: nodes that have never answered, and nodes named by a node that has named dead ones. (1 to 100, default 3)
---@field timeout? seconds # The longest wait for a reply. As soon as a reply takes longer than usual (RFC 6298; at least 0.2 s), the walk asks another node, and may end; a late reply still counts. (0.001 to 3600, default 4)
---@field max_queries? integer # Ends the walk after this many queries. Default: no limit. (1 to 1000000)
---@field start? address[] # Addresses of nodes to begin with, in place of the nodes in the table.
---@field on_reply? fun(reply: dht.Reply) # Called with each dht.Reply when it arrives. It may block. An error in it ends the walk.

---Options of a new node.
---@class dht.OpenOptions
---@field id? id # Its id. Default: a random one.
---@field addr? address # The address to listen at. On a real network the IP address must be one of the run's own node, unless --allow-net allows others; port 0 is any free port. Default: any free port at the IP address of the run's own node, or a free address of the simulated network.
---@field addr6? address # A second address to listen at, IPv6: the node is then a member of both networks (BEP 32). Without addr and addr6, it is a member of the networks of the run's own node.
---@field table? "flat"|"buckets" # flat: it remembers every node. buckets: a few nodes for each distance (BEP 5). (default "flat")
---@field read_only? boolean # It asks and does not answer, and other nodes do not remember it (BEP 43). (default false)
---@field bootstrap? boolean|address[] # The nodes to join through. true: those of the run's own node. false: it does not join. (default true)

---Options of each.
---@class dht.EachOptions
---@field max? integer # End after this many entries. Default: when no new nodes are heard of. (1 or more)

---A node that the script has opened or drives. It has all that dht has, except open.
---@class dht.Node
---@field id id # The node's id. On the public DHT it may change once, to one that suits its address (BEP 42).
---@field addr address # The address that it listens at.
---@field addr6? address # Its second address, IPv6, if it is a member of both networks (BEP 32).
---@field network "sim"|"udp" # Its network: simulated, or real UDP sockets.
---@field rpc dht.rpc # One query to one node.
---@field table dht.Table # Every node that it has heard of.
local dht_Node = {}

---Searches for the nodes closest to a target. Returns those that replied, nearest first.
---@async
---@param target id
---@param opts? dht.WalkOptions
---@return dht.Contact[]? nodes
---@return dht.Trace|dht.Error trace
function dht_Node:find_node(target, opts) end

---Looks for the peers of a torrent: asks the nodes closest to its info-hash. If there are no peers, the list is empty; that is not a failure.
---@async
---@param infohash id
---@param opts? dht.GetPeersOptions
---@return address[]? peers
---@return dht.Trace|dht.Error trace
function dht_Node:get_peers(infohash, opts) end

---Announces a peer of a torrent at this host to the nodes closest to the info-hash. Without a port, it is the port of the node itself (implied_port). They keep it for 32 minutes. Nodes of lightdht store one announce per address and port, on the public DHT one per address (BEP 33): there a new port replaces the last one. Returns how many nodes stored the announce. If none did and some refused, that is a failure of kind remote, with the code that most of them gave; the trace is the third result.
---@async
---@param infohash id
---@param port? integer
---@param opts? dht.AnnounceOptions
---@return integer? stored
---@return dht.Trace|dht.Error trace
function dht_Node:announce_peer(infohash, port, opts) end

---Estimates the number of seeds and peers of a torrent, from the Bloom filters of the nodes that store its peers (BEP 33).
---@async
---@param infohash id
---@param opts? dht.WalkOptions
---@return dht.Swarm? swarm
---@return dht.Trace|dht.Error trace
function dht_Node:scrape(infohash, opts) end

---Joins the network, or joins it again: searches for the node's own id, beginning at these addresses and at the nodes in its table. Returns the number of nodes in the table afterwards.
---@async
---@param addrs? address[]
---@return integer? known
---@return dht.Error? err
function dht_Node:bootstrap(addrs) end

---Gets an item of BEP 44: an immutable item by the hash of its value, or the newest version of a mutable item. The target of a mutable item is key.target(public, salt); its salt must be an option too. Every answer is verified. The trace is a result even if no node has the item.
---@async
---@param target id
---@param opts? dht.GetOptions
---@return any value
---@return dht.ItemInfo|dht.Error info
---@return dht.Trace? trace
function dht_Node:get(target, opts) end

---Puts an item of BEP 44 at the nodes closest to its target, which keep it for 2 hours. The value is a string, a whole number or a table of these, at most 1000 bytes in bencode. Returns the target and how many nodes stored the item. In trace.path, the steps with the method "put" are the answers of these nodes. If none stored it and some refused, that is a failure of kind remote, with the code that most of them gave; the trace is the third result.
---@async
---@param value any
---@param opts? dht.PutOptions
---@return id? target
---@return integer|dht.Error stored
---@return dht.Trace? trace
function dht_Node:put(value, opts) end

---Ends keep_alive: the item of this target is not put again, the torrent of this info-hash is not announced again. Returns false if nothing was kept.
---@param target id
---@return boolean kept
function dht_Node:forget(target) end

---Finds the torrent that the owner of a key has last published (BEP 46). key is a public key in hex, or a link magnet:?xs=urn:btpk:KEY&s=SALT with the salt in hex.
---@async
---@param key string
---@param opts? dht.GetTorrentOptions
---@return id? infohash
---@return dht.ItemInfo|dht.Error info
---@return dht.Trace? trace
function dht_Node:get_torrent(key, opts) end

---Publishes a torrent under a key (BEP 46): puts the mutable item {ih = infohash}, signed with the option secret_key.
---@async
---@param infohash id
---@param opts dht.PutOptions
---@return id? target
---@return integer|dht.Error stored
---@return dht.Trace? trace
function dht_Node:put_torrent(infohash, opts) end

---Waits for a time, or until the run is interrupted. The node serves all the time; this is for scripts that have nothing else to do.
---@async
---@param seconds? seconds
---@return boolean? served
---@return dht.Error? err
function dht_Node:serve(seconds) end

---The node's counters since it was made, and its gauges.
---@return dht.Stats stats
function dht_Node:stats() end

---How many peers other nodes have announced to this node, and of how many torrents; see dht.announced.
---@return integer peers
---@return integer infohashes
function dht_Node:peers_stored() end

---How many items of BEP 44 other nodes have put at this node, and the size of their values in bytes; see dht.items.
---@return integer items
---@return integer bytes
function dht_Node:items_stored() end

---The node's own address as other nodes see it: what most of the recent replies say. nil before any reply says it.
---@return address? addr
function dht_Node:external_addr() end

---Calls a function for each event, in a task of its own, which may block. For the events, their arguments and what a handler may return, see events.
---@param event "query"|"answered"|"node"|"announce"
---@param handler fun(event: any): any
---@return dht.Subscription subscription
---@overload fun(self: dht.Node, event: "query", handler: fun(q: dht.Query): table|false|nil): dht.Subscription
---@overload fun(self: dht.Node, event: "answered", handler: fun(q: dht.Query)): dht.Subscription
---@overload fun(self: dht.Node, event: "node", handler: fun(entry: dht.Entry)): dht.Subscription
---@overload fun(self: dht.Node, event: "announce", handler: fun(announce: dht.Announce)): dht.Subscription
function dht_Node:on(event, handler) end

---The torrents and peers that other nodes have announced to this node, sorted by info-hash. The call changes nothing.
---@return dht.Announced[] torrents
function dht_Node:announced() end

---The items of BEP 44 that other nodes have put at this node, sorted by target. bencode.decode reads the values. The call changes nothing.
---@return dht.StoredItem[] items
function dht_Node:items() end

---Takes the node off the network. Calls in progress fail; later calls are errors. Closing it again does nothing. A member of a simulated network stays in it: closing only ends the use by the script.
function dht_Node:close() end

---Every node ever heard of: a dictionary from id to dht.Entry. #t is the number of entries, t[id] an entry or nil. for id, n in pairs(t) visits the entries that exist when the loop begins, in the order first heard, without those removed meanwhile; the loop body may block and change the table. The table also has nodes that never answered or no longer answer; t:count("good") counts the good nodes of BEP 5. sim.tables() counts the entries of all members.
---@class dht.Table
---@field [string] dht.Entry
---@operator len: integer
local dht_Table = {}

---An iterator like pairs that also visits nodes heard of during the loop. With a query in the loop body it is a crawl, which ends when answers name no new nodes. Nodes that invent contacts (crowd of Mix) can keep it going forever; each{max = n} ends it after n entries.
---@param opts? dht.EachOptions
---@return fun(): (id, dht.Entry) next
function dht_Table:each(opts) end

---The n entries nearest to a target, nearest first.
---@param target id
---@param n? integer
---@return dht.Entry[] entries
function dht_Table:closest(target, n) end

---All entries, or the first n, sorted by a field or by the result of a function: numbers or strings, in ascending order. Equal entries keep the order first heard. Entries without a value come last.
---@param key string|fun(entry: dht.Entry): any
---@param n? integer
---@return dht.Entry[] entries
function dht_Table:sorted(key, n) end

---The number of entries: all, those with a status, or those for which a function returns a value other than nil and false.
---@param which? string|fun(entry: dht.Entry): any
---@return integer count
function dht_Table:count(which) end

---The entries for which the function returns a value other than nil and false, in the order first heard.
---@param fn fun(entry: dht.Entry): any
---@return dht.Entry[] entries
function dht_Table:filter(fn) end

---n random entries, each at most once; all if there are not more.
---@param n integer
---@return dht.Entry[] entries
function dht_Table:sample(n) end

---Forgets a node; false if it was not known.
---@param id id
---@return boolean removed
function dht_Table:remove(id) end

---Adds a node as if another node had named it. Returns false if it is in the table already, or may not be in it. To find the id of an address, ping it.
---@param addr address
---@param id id
---@return boolean added
function dht_Table:add(addr, id) end

---Writes all entries to a file, as JSON Lines. Returns how many.
---@param path string
---@return integer? saved
---@return dht.Error? err
function dht_Table:save(path) end

---Adds the entries of a file of save. They are unverified until they reply. Returns how many were new.
---@param path string
---@return integer? loaded
---@return dht.Error? err
function dht_Table:load(path) end

---A handler that was set with dht.on.
---@class dht.Subscription
local dht_Subscription = {}

---Ends the subscription. Events that wait for the handler are dropped. Calling it again does nothing.
function dht_Subscription:off() end

---The course of a walk.
---@class dht.Trace
---@field queries integer # Queries sent.
---@field replies integer # Queries that were answered.
---@field timeouts integer # Queries without an answer in time.
---@field errors integer # Queries that were answered with an error, or with bytes that make no sense.
---@field pending integer # Queries that were still open when the walk ended, or began to store something. queries is the sum of replies, timeouts, errors and pending.
---@field hops integer # The longest path to a node that replied. Nodes known at the start have 0.
---@field duration seconds # How long the walk took.
---@field path dht.Step[] # Each query, in the order of sending.

---One query of a walk.
---@class dht.Step
---@field addr address # The node that was asked.
---@field id? id # Its id in the reply, or else as other nodes named it; nil if not known.
---@field method string # The method of the query: "get_peers", or when an announce or a put stores, "announce_peer" or "put".
---@field hop integer # The number of hops from the start.
---@field sent seconds # When the query was sent, since the walk began.
---@field rtt? seconds # How long the reply took; nil if there was none.
---@field outcome "reply"|"timeout"|"error"|"pending" # pending: the walk ended before the answer came.
---@field code? integer # The error code of a node that refused.
---@field message? string # The message of its error, or what is wrong with its reply.
---@field seq? integer # The sequence number of the item in the reply; 0 for an immutable item.

---The size of the swarm of a torrent. Estimates are good to a few per cent up to about 6000 of each.
---@class dht.Swarm
---@field seeds number # Peers that have the whole torrent.
---@field peers number # Peers that do not.
---@field filters integer # Nodes that replied with Bloom filters.
---@field lists integer # Nodes without Bloom filters, which replied with lists of peers. These count as not seeds.

---All about an item of BEP 44 except its value. With k, sig, seq and salt, anyone can put a mutable item again.
---@class dht.ItemInfo
---@field seq? integer # Sequence number of a mutable item; a string of digits beyond 2^53.
---@field k? string # Public key of a mutable item, in hex.
---@field sig? string # Signature of a mutable item, in hex.
---@field salt? string # Salt of a mutable item that has one.
---@field raw string # The value, bencoded.
---@field nodes dht.Holder[] # The answer of each node, in the order of the queries.

---The answer of one node to a query for an item.
---@class dht.Holder
---@field addr address # The node.
---@field id? id # Its id, if it is known.
---@field outcome "found"|"nothing"|"invalid"|"refused"|"silent" # found: it has the item. nothing: it has none. invalid: it has one that does not match the target. refused: it answered with an error. silent: it did not answer in time.
---@field seq? integer # Sequence number of its item; 0 for an immutable item.
---@field code? integer # The error code, if it refused.
---@field message? string # The message of its error, or what is wrong with its item.

---A torrent that was announced to a node.
---@class dht.Announced
---@field infohash id # Its info-hash.
---@field peers dht.StoredPeer[] # Its peers, sorted by address.

---A peer that a node stores.
---@class dht.StoredPeer
---@field addr address # The address that the node gives to others.
---@field seed boolean # It announced that it has the whole torrent (BEP 33).
---@field last seconds # When it was last announced, in the time of task.now().

---An item of BEP 44 that a node stores.
---@class dht.StoredItem
---@field target id # Its target.
---@field last seconds # When it was last put, in the time of task.now().
---@field seq? integer # Sequence number of a mutable item; a string of digits beyond 2^53.
---@field k? string # Public key of a mutable item, in hex.
---@field sig? string # Signature of a mutable item, in hex.
---@field salt? string # Salt of a mutable item that has one.
---@field raw string # The value, bencoded.

---A node as other nodes name it.
---@class dht.Contact
---@field id id # Its id.
---@field addr address # Its address.

---An entry of a table: one node, as known at the moment of the call.
---@class dht.Entry
---@field id id # The node's id.
---@field addr address # The first address that answered under this id.
---@field ip string # The address without the port.
---@field port integer # The port of the address.
---@field version? string # Its software and version: by convention two letters and two bytes.
---@field rtt? seconds # How long its last reply took; nil if it never replied.
---@field first_seen seconds # When the table first had it, in the time of task.now(). Negative: before the run began.
---@field last_seen seconds # When it last sent something; first_seen until it does.
---@field last_reply? seconds # When it last replied; nil if it never did.
---@field queries integer # Queries sent to it.
---@field replies integer # Replies it gave.
---@field failures integer # Queries that it left unanswered.
---@field status "good"|"questionable"|"bad"|"unverified" # As BEP 5 defines them; unverified nodes never replied.

---A node's counters since it was made, and its gauges.
---@class dht.Stats
---@field packets_in integer # Datagrams received.
---@field packets_out integer # Datagrams sent.
---@field bytes_in integer # Bytes received, as UDP payload.
---@field bytes_out integer # Bytes sent, as UDP payload.
---@field queries_in integer # Well-formed queries that the node received.
---@field replies_out integer # Replies that it sent.
---@field errors_out integer # Errors that it sent.
---@field queries_out integer # Queries that it sent.
---@field replies_in integer # Replies to its queries.
---@field errors_in integer # Errors that answered its queries.
---@field timeouts integer # Its queries without an answer in time.
---@field announces_in integer # Announces that it stored.
---@field items_in integer # Items of BEP 44 that it stored.
---@field junk integer # Datagrams that are not messages of the DHT.
---@field martians integer # Datagrams from impossible addresses.
---@field reflected integer # Queries that carry its own id.
---@field unmatched integer # Replies and errors that match no query of its own, or came too late.
---@field malformed integer # Replies that make no sense.
---@field amplified integer # Replies not sent, or shortened, because they were more than four times as long as the query and the sender had not proved its address.
---@field delayed integer # Its queries that had to wait because of its rate limit.
---@field unserved integer # Queries dropped because the node is read-only.
---@field rate_limited integer # Queries dropped because their sender sends too many.
---@field hooks_missed integer # Queries that got the built-in answer because handlers of dht.on("query") were too slow or too many.
---@field denied integer # Its queries that were not sent because the run may not use the address; see --allow-net.
---@field pending integer # Its queries that wait for an answer.
---@field searches integer # Walks in progress.
---@field known integer # Nodes in its table.
---@field refused integer # Nodes for which its table had no room.
---@field hashes integer # Torrents with peers that were announced to it.
---@field peers_stored integer # Peers of these torrents.
---@field items_stored integer # Items of BEP 44 that other nodes put at it.
---@field dropped_events integer # Events that a handler of dht.on never saw because too many waited for it.

---A query that the node received.
---@class dht.Query
---@field method string # The method: "ping", "find_node", "get_peers", "announce_peer" or another.
---@field args table<string, any> # Its arguments as they were sent, except that id, target and info_hash are in hex.
---@field addr address # The address of the node that asks.
---@field id? id # The id under which it asks.
---@field version? string # The name of its software, as it says.
---@field read_only boolean # It does not answer queries itself (BEP 43).
---@field reply? table<string, any> # In the event "answered": the values of the reply, or {error = {code, message}}.

---An announce that the node has stored.
---@class dht.Announce
---@field infohash id # The info-hash of the torrent.
---@field addr address # The node that sent it; the peer is at the same IP.
---@field port integer # The peer's port.

---Why something outside of the script failed. tostring(err) is a sentence; err can be concatenated with strings.
---@class dht.Error
---@field kind "timeout"|"remote"|"unreachable"|"malformed"|"cancelled"|"not_found"|"failed"|"deadlock" # timeout: no answer in time. remote: a node answered with an error. unreachable: there is no node to ask, no route, or the run may not use the address. malformed: the bytes make no sense. cancelled: the task was cancelled. not_found: there is no such thing. failed: a function raised an error. deadlock: all tasks wait for each other.
---@field message string # The message in the error of a node; else the sentence.
---@field code? integer # The code in the error of a node.
---@field addr? address # The node that was asked.

---The node of this run: it searches the network, and is a member of it. Any other node has the same functions except dht.open: n:get_peers(h). For how long nodes store things, see lifetimes.
---@class dhtlib
---@field id id # The node's id. On the public DHT it may change once, to one that suits its address (BEP 42).
---@field addr address # The address that it listens at.
---@field addr6 address? # Its second address, IPv6, if it is a member of both networks (BEP 32).
---@field network "sim"|"udp" # Its network: simulated, or real UDP sockets.
---@field rpc dht.rpc # One query to one node.
---@field table dht.Table # Every node that it has heard of.
dht = {}

---Searches for the nodes closest to a target. Returns those that replied, nearest first.
---@async
---@param target id
---@param opts? dht.WalkOptions
---@return dht.Contact[]? nodes
---@return dht.Trace|dht.Error trace
function dht.find_node(target, opts) end

---Looks for the peers of a torrent: asks the nodes closest to its info-hash. If there are no peers, the list is empty; that is not a failure.
---@async
---@param infohash id
---@param opts? dht.GetPeersOptions
---@return address[]? peers
---@return dht.Trace|dht.Error trace
function dht.get_peers(infohash, opts) end

---Announces a peer of a torrent at this host to the nodes closest to the info-hash. Without a port, it is the port of the node itself (implied_port). They keep it for 32 minutes. Nodes of lightdht store one announce per address and port, on the public DHT one per address (BEP 33): there a new port replaces the last one. Returns how many nodes stored the announce. If none did and some refused, that is a failure of kind remote, with the code that most of them gave; the trace is the third result.
---@async
---@param infohash id
---@param port? integer
---@param opts? dht.AnnounceOptions
---@return integer? stored
---@return dht.Trace|dht.Error trace
function dht.announce_peer(infohash, port, opts) end

---Estimates the number of seeds and peers of a torrent, from the Bloom filters of the nodes that store its peers (BEP 33).
---@async
---@param infohash id
---@param opts? dht.WalkOptions
---@return dht.Swarm? swarm
---@return dht.Trace|dht.Error trace
function dht.scrape(infohash, opts) end

---Joins the network, or joins it again: searches for the node's own id, beginning at these addresses and at the nodes in its table. Returns the number of nodes in the table afterwards.
---@async
---@param addrs? address[]
---@return integer? known
---@return dht.Error? err
function dht.bootstrap(addrs) end

---Gets an item of BEP 44: an immutable item by the hash of its value, or the newest version of a mutable item. The target of a mutable item is key.target(public, salt); its salt must be an option too. Every answer is verified. The trace is a result even if no node has the item.
---@async
---@param target id
---@param opts? dht.GetOptions
---@return any value
---@return dht.ItemInfo|dht.Error info
---@return dht.Trace? trace
function dht.get(target, opts) end

---Puts an item of BEP 44 at the nodes closest to its target, which keep it for 2 hours. The value is a string, a whole number or a table of these, at most 1000 bytes in bencode. Returns the target and how many nodes stored the item. In trace.path, the steps with the method "put" are the answers of these nodes. If none stored it and some refused, that is a failure of kind remote, with the code that most of them gave; the trace is the third result.
---@async
---@param value any
---@param opts? dht.PutOptions
---@return id? target
---@return integer|dht.Error stored
---@return dht.Trace? trace
function dht.put(value, opts) end

---Ends keep_alive: the item of this target is not put again, the torrent of this info-hash is not announced again. Returns false if nothing was kept.
---@param target id
---@return boolean kept
function dht.forget(target) end

---Finds the torrent that the owner of a key has last published (BEP 46). key is a public key in hex, or a link magnet:?xs=urn:btpk:KEY&s=SALT with the salt in hex.
---@async
---@param key string
---@param opts? dht.GetTorrentOptions
---@return id? infohash
---@return dht.ItemInfo|dht.Error info
---@return dht.Trace? trace
function dht.get_torrent(key, opts) end

---Publishes a torrent under a key (BEP 46): puts the mutable item {ih = infohash}, signed with the option secret_key.
---@async
---@param infohash id
---@param opts dht.PutOptions
---@return id? target
---@return integer|dht.Error stored
---@return dht.Trace? trace
function dht.put_torrent(infohash, opts) end

---Waits for a time, or until the run is interrupted. The node serves all the time; this is for scripts that have nothing else to do.
---@async
---@param seconds? seconds
---@return boolean? served
---@return dht.Error? err
function dht.serve(seconds) end

---The node's counters since it was made, and its gauges.
---@return dht.Stats stats
function dht.stats() end

---How many peers other nodes have announced to this node, and of how many torrents; see dht.announced.
---@return integer peers
---@return integer infohashes
function dht.peers_stored() end

---How many items of BEP 44 other nodes have put at this node, and the size of their values in bytes; see dht.items.
---@return integer items
---@return integer bytes
function dht.items_stored() end

---The node's own address as other nodes see it: what most of the recent replies say. nil before any reply says it.
---@return address? addr
function dht.external_addr() end

---Calls a function for each event, in a task of its own, which may block. For the events, their arguments and what a handler may return, see events.
---@param event "query"|"answered"|"node"|"announce"
---@param handler fun(event: any): any
---@return dht.Subscription subscription
---@overload fun(event: "query", handler: fun(q: dht.Query): table|false|nil): dht.Subscription
---@overload fun(event: "answered", handler: fun(q: dht.Query)): dht.Subscription
---@overload fun(event: "node", handler: fun(entry: dht.Entry)): dht.Subscription
---@overload fun(event: "announce", handler: fun(announce: dht.Announce)): dht.Subscription
function dht.on(event, handler) end

---The torrents and peers that other nodes have announced to this node, sorted by info-hash. The call changes nothing.
---@return dht.Announced[] torrents
function dht.announced() end

---The items of BEP 44 that other nodes have put at this node, sorted by target. bencode.decode reads the values. The call changes nothing.
---@return dht.StoredItem[] items
function dht.items() end

---Opens another node, which joins the network. The end of the run closes all open nodes.
---@async
---@param opts? dht.OpenOptions
---@return dht.Node? node
---@return dht.Error? err
function dht.open(opts) end

---Options of a query to one node.
---@class dht.QueryOptions
---@field timeout? seconds # The longest wait for the reply. (0.001 to 3600, default 4)
---@field id? id # The id to send in place of the node's own.

---Options of a query for nodes.
---@class dht.QueryNodesOptions
---@field want? "n4"|"n6"|"both"|string[] # Which nodes to ask for: IPv4, IPv6 or both (BEP 32). Default: those of the network that the query goes over.
---@field timeout? seconds # The longest wait for the reply. (0.001 to 3600, default 4)
---@field id? id # The id to send in place of the node's own.

---Options of a query for peers.
---@class dht.QueryPeersOptions
---@field want? "n4"|"n6"|"both"|string[] # Which nodes to ask for: IPv4, IPv6 or both (BEP 32). Default: those of the network that the query goes over.
---@field noseed? boolean # Ask for peers that are not seeds (BEP 33). (default false)
---@field scrape? boolean # Ask how many seeds and peers there are (BEP 33): reply.seeds, reply.peers. (default false)
---@field timeout? seconds # The longest wait for the reply. (0.001 to 3600, default 4)
---@field id? id # The id to send in place of the node's own.

---Options of an announce to one node.
---@class dht.QueryAnnounceOptions
---@field seed? boolean # The peer has the whole torrent (BEP 33). (default false)
---@field timeout? seconds # The longest wait for the reply. (0.001 to 3600, default 4)
---@field id? id # The id to send in place of the node's own.

---Options of a query for an item.
---@class dht.QueryGetOptions
---@field want? "n4"|"n6"|"both"|string[] # Which nodes to ask for: IPv4, IPv6 or both (BEP 32). Default: those of the network that the query goes over.
---@field salt? string # The salt of a mutable item, only to verify the reply.
---@field seq? integer|string # Ask for the value of a mutable item only if it is newer than this.
---@field timeout? seconds # The longest wait for the reply. (0.001 to 3600, default 4)
---@field id? id # The id to send in place of the node's own.

---Options of a put at one node.
---@class dht.QueryPutOptions
---@field secret_key? string|key.Key # Makes the item mutable, signed with this secret: hex digits, or a key of module key.
---@field salt? string # Separates the mutable items of one key; at most 64 bytes.
---@field seq? integer|string # Sequence number of a mutable item. Default: dht.put searches for the item first and adds 1 to its number, or takes 0 for a new one. dht.rpc.put takes 0.
---@field cas? integer|string # Compare and swap: nodes replace a stored item only if it has this sequence number.
---@field k? string # With sig and seq, in place of secret_key: the public key of an item that is already signed.
---@field sig? string # The signature of such an item.
---@field raw? boolean # The value is a bencoded string, sent byte for byte. (default false)
---@field timeout? seconds # The longest wait for the reply. (0.001 to 3600, default 4)
---@field id? id # The id to send in place of the node's own.

---Options of a datagram.
---@class dht.QueryRawOptions
---@field timeout? seconds # The longest wait for the reply. (0.001 to 3600, default 4)

---The reply of one node.
---@class dht.Reply
---@field id id # The id in the reply; nil if an error has none.
---@field addr address # The address that was asked.
---@field rtt seconds # How long the reply took.
---@field version? string # Its software and version: by convention two letters and two bytes.
---@field ip? address # The address of the asking node, as the replying node sees it (BEP 42).
---@field raw? table<string, any> # All values of the reply as they were sent, ids as raw bytes; nil if an integer has more than 64 bits.
---@field nodes? dht.Contact[] # The IPv4 nodes in the reply.
---@field nodes6? dht.Contact[] # The IPv6 nodes in the reply.
---@field values? address[] # The peers in the reply.
---@field token? string # The token that an announce or a put to this node needs.
---@field value any # The value of an item (BEP 44).
---@field seq? integer # The sequence number of a mutable item.
---@field k? string # The public key of a mutable item, in hex.
---@field sig? string # The signature of a mutable item, in hex.
---@field valid? boolean # After dht.rpc.get: whether the item matches the target and the salt.
---@field samples? id[] # Info-hashes that it stores peers of (BEP 51).
---@field num? integer # How many info-hashes it stores.
---@field interval? seconds # How long to wait before asking it for samples again.
---@field seeds? number # The number of seeds that it stores for the torrent, estimated from its Bloom filter (BEP 33).
---@field peers? number # The number of other peers, estimated in the same way.
---@field malformed? string[] # Which of nodes, nodes6, values and samples have a wrong length. Such a list is empty, a wrong entry of values is left out, and the other fields are read as usual. A nodes list with 38 bytes per entry, IPv4 addresses mapped to IPv6, is read as intended and is not malformed.
---@field error? table # After dht.rpc.raw: {code = ..., message = ...} if the node replied with an error.
---@field packet string # The whole datagram.

---One query to one node. If the node does not answer, or answers with an error, the results are nil and an error. On a real network nothing is sent, and the call fails, if the address is of another kind (loopback, private or public) than the nodes that the run joined through, or has a port below 1024. The flag --allow-net allows more addresses.
---@class dht.rpc
dht.rpc = {}

---Asks whether a node is there, and for its id.
---@async
---@param addr address
---@param opts? dht.QueryOptions
---@return dht.Reply? reply
---@return dht.Error? err
function dht.rpc.ping(addr, opts) end

---Asks for the nodes nearest to a target: reply.nodes, reply.nodes6.
---@async
---@param addr address
---@param target id
---@param opts? dht.QueryNodesOptions
---@return dht.Reply? reply
---@return dht.Error? err
function dht.rpc.find_node(addr, target, opts) end

---Asks for the peers of a torrent: reply.values, or reply.nodes to ask next. reply.token is for an announce.
---@async
---@param addr address
---@param infohash id
---@param opts? dht.QueryPeersOptions
---@return dht.Reply? reply
---@return dht.Error? err
function dht.rpc.get_peers(addr, infohash, opts) end

---Announces a peer of a torrent at a port of this host. The token comes from a reply of the same node. A port of nil means the port that the query comes from (implied_port).
---@async
---@param addr address
---@param infohash id
---@param port integer|nil
---@param token string
---@param opts? dht.QueryAnnounceOptions
---@return dht.Reply? reply
---@return dht.Error? err
function dht.rpc.announce_peer(addr, infohash, port, token, opts) end

---Asks for an item of BEP 44: reply.value. reply.token is for a put. reply.valid says whether the item matches the target and the salt.
---@async
---@param addr address
---@param target id
---@param opts? dht.QueryGetOptions
---@return dht.Reply? reply
---@return dht.Error? err
function dht.rpc.get(addr, target, opts) end

---Puts an item of BEP 44 at one node. The token comes from a reply of the same node. The item is sent unchecked; the node may refuse it.
---@async
---@param addr address
---@param value any
---@param token string
---@param opts? dht.QueryPutOptions
---@return dht.Reply? reply
---@return dht.Error? err
function dht.rpc.put(addr, value, token, opts) end

---Asks for a sample of the info-hashes that a node stores peers of (BEP 51): reply.samples, num, interval; and for nodes near a target. A second query to the node before the interval is over fails, and nothing is sent. reply.samples is nil if the node does not know this query.
---@async
---@param addr address
---@param target id
---@param opts? dht.QueryNodesOptions
---@return dht.Reply? reply
---@return dht.Error? err
function dht.rpc.sample_infohashes(addr, target, opts) end

---Sends any query. args are bencoded as they are, except that id, target and info_hash may be in hex; id is added if it is missing. The values of the reply are in reply.raw.
---@async
---@param addr address
---@param method string
---@param args? table<string, any>
---@param opts? dht.QueryOptions
---@return dht.Reply? reply
---@return dht.Error? err
function dht.rpc.query(addr, method, args, opts) end

---Sends a datagram as it is, also a broken one. The reply is the next datagram from that address that answers no other query; it may be an error: reply.error. The table does not change. On a real network this needs the flag --allow-raw; on the public DHT it is an error.
---@async
---@param addr address
---@param bytes string
---@param opts? dht.QueryRawOptions
---@return dht.Reply? reply
---@return dht.Error? err
function dht.rpc.raw(addr, bytes, opts) end
