---@meta _
-- Generated from lightdht's own definitions; never executed.

---How to walk.
---@class dht.WalkOptions
---@field family? "v4"|"v6" # Where to walk (BEP 32). Without it: in each network that the node is a member of, at the same time; up to k of the closest nodes are then of each.
---@field k? integer # How many of the closest nodes must have replied. (1 to 1024, default 8)
---@field alpha? integer # How many queries are in flight at once. Nodes that never answered, and those named by one who named others that are not there, have a third of the places at most, unless there is nobody else to ask. (1 to 100, default 3)
---@field timeout? seconds # How long each reply is waited for at most. Somebody else is asked, and the search may end, as soon as a reply takes longer than others have (RFC 6298), at least 0.2 s; a late one still counts. (0.001 to 3600, default 4)
---@field max_queries? integer # Ends the walk after so many queries. Without it: as many as it takes. (1 to 1000000)
---@field start? address[] # Where to begin, instead of at the nodes that are known.
---@field on_reply? fun(reply: dht.Reply) # Called with each dht.Reply as it comes. It may block; an error in it ends the walk.

---How to look for peers.
---@class dht.GetPeersOptions
---@field noseed? boolean # Ask for peers that have not got everything, as seeds do (BEP 33). (default false)
---@field family? "v4"|"v6" # Where to walk (BEP 32). Without it: in each network that the node is a member of, at the same time; up to k of the closest nodes are then of each.
---@field k? integer # How many of the closest nodes must have replied. (1 to 1024, default 8)
---@field alpha? integer # How many queries are in flight at once. Nodes that never answered, and those named by one who named others that are not there, have a third of the places at most, unless there is nobody else to ask. (1 to 100, default 3)
---@field timeout? seconds # How long each reply is waited for at most. Somebody else is asked, and the search may end, as soon as a reply takes longer than others have (RFC 6298), at least 0.2 s; a late one still counts. (0.001 to 3600, default 4)
---@field max_queries? integer # Ends the walk after so many queries. Without it: as many as it takes. (1 to 1000000)
---@field start? address[] # Where to begin, instead of at the nodes that are known.
---@field on_reply? fun(reply: dht.Reply) # Called with each dht.Reply as it comes. It may block; an error in it ends the walk.

---How to announce.
---@class dht.AnnounceOptions
---@field seed? boolean # The peer has the whole torrent (BEP 33). (default false)
---@field keep_alive? boolean # Announce it again every 15 minutes while the node is up, until dht.forget of the info-hash. (default false)
---@field family? "v4"|"v6" # Where to walk (BEP 32). Without it: in each network that the node is a member of, at the same time; up to k of the closest nodes are then of each.
---@field k? integer # How many of the closest nodes must have replied. (1 to 1024, default 8)
---@field alpha? integer # How many queries are in flight at once. Nodes that never answered, and those named by one who named others that are not there, have a third of the places at most, unless there is nobody else to ask. (1 to 100, default 3)
---@field timeout? seconds # How long each reply is waited for at most. Somebody else is asked, and the search may end, as soon as a reply takes longer than others have (RFC 6298), at least 0.2 s; a late one still counts. (0.001 to 3600, default 4)
---@field max_queries? integer # Ends the walk after so many queries. Without it: as many as it takes. (1 to 1000000)
---@field start? address[] # Where to begin, instead of at the nodes that are known.
---@field on_reply? fun(reply: dht.Reply) # Called with each dht.Reply as it comes. It may block; an error in it ends the walk.

---How to get an item.
---@class dht.GetOptions
---@field salt? string # Of a mutable item: the salt that its target was made with.
---@field seq? integer|string # Ask for a mutable item only if it is newer than this: other nodes then answer without the value.
---@field family? "v4"|"v6" # Where to walk (BEP 32). Without it: in each network that the node is a member of, at the same time; up to k of the closest nodes are then of each.
---@field k? integer # How many of the closest nodes must have replied. (1 to 1024, default 8)
---@field alpha? integer # How many queries are in flight at once. Nodes that never answered, and those named by one who named others that are not there, have a third of the places at most, unless there is nobody else to ask. (1 to 100, default 3)
---@field timeout? seconds # How long each reply is waited for at most. Somebody else is asked, and the search may end, as soon as a reply takes longer than others have (RFC 6298), at least 0.2 s; a late one still counts. (0.001 to 3600, default 4)
---@field max_queries? integer # Ends the walk after so many queries. Without it: as many as it takes. (1 to 1000000)
---@field start? address[] # Where to begin, instead of at the nodes that are known.
---@field on_reply? fun(reply: dht.Reply) # Called with each dht.Reply as it comes. It may block; an error in it ends the walk.

---How to get the torrent of a key.
---@class dht.GetTorrentOptions
---@field salt? string # Tells apart the torrents of one key; by default what the link says.
---@field family? "v4"|"v6" # Where to walk (BEP 32). Without it: in each network that the node is a member of, at the same time; up to k of the closest nodes are then of each.
---@field k? integer # How many of the closest nodes must have replied. (1 to 1024, default 8)
---@field alpha? integer # How many queries are in flight at once. Nodes that never answered, and those named by one who named others that are not there, have a third of the places at most, unless there is nobody else to ask. (1 to 100, default 3)
---@field timeout? seconds # How long each reply is waited for at most. Somebody else is asked, and the search may end, as soon as a reply takes longer than others have (RFC 6298), at least 0.2 s; a late one still counts. (0.001 to 3600, default 4)
---@field max_queries? integer # Ends the walk after so many queries. Without it: as many as it takes. (1 to 1000000)
---@field start? address[] # Where to begin, instead of at the nodes that are known.
---@field on_reply? fun(reply: dht.Reply) # Called with each dht.Reply as it comes. It may block; an error in it ends the walk.

---What to put, and how. Here k is the key of an item: width takes the place of k of dht.WalkOptions.
---@class dht.PutOptions
---@field secret_key? string|key.Key # Makes the item a mutable one of this key: the secret of a key, or a key of module key.
---@field salt? string # Tells apart the mutable items of one key, at most 64 bytes.
---@field seq? integer|string # Sequence number of a mutable item. By default dht.put looks first, and takes the one above what it finds, or 0; dht.rpc.put takes 0.
---@field cas? integer|string # Refuse to replace an item unless this is its sequence number.
---@field k? string # With sig and seq, in place of secret_key: the public key of an item that somebody else has signed.
---@field sig? string # The signature of such an item.
---@field raw? boolean # The value is a string that is bencoded already, and goes out byte for byte. (default false)
---@field keep_alive? boolean # Put it again every hour while the node is up, where there are too few copies, until dht.forget. (default false)
---@field family? "v4"|"v6" # Where to walk (BEP 32). Without it: in each network that the node is a member of, at the same time; up to k of the closest nodes are then of each.
---@field width? integer # How many of the closest nodes must have replied. The item is put at these. (1 to 1024, default 8)
---@field alpha? integer # How many queries are in flight at once. Nodes that never answered, and those named by one who named others that are not there, have a third of the places at most, unless there is nobody else to ask. (1 to 100, default 3)
---@field timeout? seconds # How long each reply is waited for at most. Somebody else is asked, and the search may end, as soon as a reply takes longer than others have (RFC 6298), at least 0.2 s; a late one still counts. (0.001 to 3600, default 4)
---@field max_queries? integer # Ends the walk after so many queries. Without it: as many as it takes. (1 to 1000000)
---@field start? address[] # Where to begin, instead of at the nodes that are known.
---@field on_reply? fun(reply: dht.Reply) # Called with each dht.Reply as it comes. It may block; an error in it ends the walk.

---What the new node is like.
---@class dht.OpenOptions
---@field id? id # Its id; without it, a random one.
---@field addr? address # Where it listens, on a real network at an IP address where the run's own node does, unless --allow-net grants another, and with port 0 at any free port; without it, at any free port of the run's own node's IP address, or a free address of the simulated network.
---@field addr6? address # An IPv6 address besides an IPv4 one: the node is then a member of both networks (BEP 32). Without addr and addr6, it is if the run's own node is.
---@field table? "flat"|"buckets" # Whether it remembers everyone, or a few for each distance (BEP 5). (default "flat")
---@field read_only? boolean # It is a guest: it answers nobody, and is in nobody's table (BEP 43). (default false)
---@field bootstrap? boolean|address[] # Whom it joins through; true is where the run's own node joined, false leaves it alone. (default true)

---Where to end.
---@class dht.EachOptions
---@field max? integer # After so many entries. Without it: when nobody new is heard of any more, which among nodes that make up contacts may be never. (1 or more)

---A node that the script opened, or drives. It has all that dht has but open.
---@class dht.Node
---@field id id # The node's id. On the public DHT it may change once, to one that suits its address (BEP 42).
---@field addr address # The address that it listens at.
---@field addr6? address # The IPv6 address that it listens at besides, as a member of both networks (BEP 32).
---@field network "sim"|"udp" # What it is on: a simulated network, or real sockets.
---@field rpc dht.rpc # One query to one node.
---@field table dht.Table # Every node it ever heard of.
local dht_Node = {}

---Walks towards a point of the key space. Returns the closest nodes that replied, nearest first.
---@async
---@param target id
---@param opts? dht.WalkOptions
---@return dht.Contact[]? nodes
---@return dht.Trace|dht.Error trace
function dht_Node:find_node(target, opts) end

---Looks for the peers of a torrent, at the nodes closest to its info-hash. To find none is an empty list, not a failure.
---@async
---@param infohash id
---@param opts? dht.GetPeersOptions
---@return address[]? peers
---@return dht.Trace|dht.Error trace
function dht_Node:get_peers(infohash, opts) end

---Tells the nodes closest to an info-hash that this host has a peer of the torrent at a port; without one, at the port that the node itself uses (implied_port). They keep it for 32 minutes. Nodes like ours know a peer of a torrent by its address and port, as several nodes may share a host, and on the public DHT by its address alone (BEP 33): an announce with another port then takes the place of the last. Returns how many took the announce. That nobody took it and somebody refused is a failure, remote, with the code that most of those gave; the trace comes also then.
---@async
---@param infohash id
---@param port? integer
---@param opts? dht.AnnounceOptions
---@return integer? stored
---@return dht.Trace|dht.Error trace
function dht_Node:announce_peer(infohash, port, opts) end

---Estimates how many take part in a torrent, from the Bloom filters of the nodes that store its peers (BEP 33).
---@async
---@param infohash id
---@param opts? dht.WalkOptions
---@return dht.Swarm? swarm
---@return dht.Trace|dht.Error trace
function dht_Node:scrape(infohash, opts) end

---Joins the network, or joins it again: looks for the node's own id, beginning at these addresses and at whom it knows. Returns how many nodes are known afterwards.
---@async
---@param addrs? address[]
---@return integer? known
---@return dht.Error? err
function dht_Node:bootstrap(addrs) end

---Gets an item of BEP 44: the value with that hash, or the newest that the owner of a key has signed; key.target(public, salt) is its target, and the salt has to be given too. All answers are verified. The trace comes also if nobody has it.
---@async
---@param target id
---@param opts? dht.GetOptions
---@return any value
---@return dht.ItemInfo|dht.Error info
---@return dht.Trace? trace
function dht_Node:get(target, opts) end

---Puts an item of BEP 44 at the nodes closest to its target, which keep it for 2 hours: a string, a whole number or a table of these, of at most 1000 bytes in bencode. Returns where it is found and how many nodes took it; in trace.path, the steps whose method is "put" say what each of them did. That nobody took it and somebody refused is a failure, remote, with the code that most of those gave; the trace comes also then.
---@async
---@param value any
---@param opts? dht.PutOptions
---@return id? target
---@return integer|dht.Error stored
---@return dht.Trace? trace
function dht_Node:put(value, opts) end

---No longer puts the item of a target again that was put with keep_alive, nor announces a torrent again that was announced so; false if there is none.
---@param target id
---@return boolean kept
function dht_Node:forget(target) end

---Looks up which torrent the owner of a key has last published under it (BEP 46). The key is public, in hex, or a link: magnet:?xs=urn:btpk:KEY&s=SALT, the salt in hex.
---@async
---@param key string
---@param opts? dht.GetTorrentOptions
---@return id? infohash
---@return dht.ItemInfo|dht.Error info
---@return dht.Trace? trace
function dht_Node:get_torrent(key, opts) end

---Publishes a torrent under a key (BEP 46): puts its info-hash as the mutable item {ih = ...} of the secret_key in opts.
---@async
---@param infohash id
---@param opts dht.PutOptions
---@return id? target
---@return integer|dht.Error stored
---@return dht.Trace? trace
function dht_Node:put_torrent(infohash, opts) end

---Serves and does nothing else, for so long or until the run is interrupted. The node serves all the time; this is for scripts that have nothing else to do.
---@async
---@param seconds? seconds
---@return boolean? served
---@return dht.Error? err
function dht_Node:serve(seconds) end

---The node's counters since it was made, and its gauges.
---@return dht.Stats stats
function dht_Node:stats() end

---How many peers others have announced to the node, and of how many torrents; see dht.announced.
---@return integer peers
---@return integer infohashes
function dht_Node:peers_stored() end

---How many items of BEP 44 others have put at the node, and how many bytes their values have; see dht.items.
---@return integer items
---@return integer bytes
function dht_Node:items_stored() end

---The node's own address as most of those saw it that answered it lately; nil while nobody has said.
---@return address? addr
function dht_Node:external_addr() end

---Calls a function for each event, as a task of its own, which may block. "query" comes with a dht.Query before it is answered: return nothing for the built-in answer, a table to answer with those values, false to stay silent, {error = {code, message}} to refuse. The first of several handlers to return something decides; after 1 s, after an error, or beyond 128 handlers at work, the built-in answer goes out. "answered" comes with the same and its reply, afterwards; "node" with the dht.Entry of a node heard of for the first time; "announce" with a dht.Announce that was stored. Those three delay nothing, and are dropped beyond 4096 that wait.
---@param event "query"|"answered"|"node"|"announce"
---@param handler fun(event: any): any
---@return dht.Subscription subscription
---@overload fun(self: dht.Node, event: "query", handler: fun(q: dht.Query): table|false|nil): dht.Subscription
---@overload fun(self: dht.Node, event: "answered", handler: fun(q: dht.Query)): dht.Subscription
---@overload fun(self: dht.Node, event: "node", handler: fun(entry: dht.Entry)): dht.Subscription
---@overload fun(self: dht.Node, event: "announce", handler: fun(announce: dht.Announce)): dht.Subscription
function dht_Node:on(event, handler) end

---What others have announced to the node: the torrents, in the order of their info-hashes, and the peers of each. Asking changes nothing.
---@return dht.Announced[] torrents
function dht_Node:announced() end

---The items of BEP 44 that others have put at the node, in the order of their targets. Asking changes nothing; bencode.decode reads the values.
---@return dht.StoredItem[] items
function dht_Node:items() end

---Takes the node off the network. Calls under way fail, later ones are errors; closing twice is fine. A member of a simulated population stays one: closing only ends what the script does with it.
function dht_Node:close() end

---Every node ever heard of, as a dictionary from id to dht.Entry: #t, t[id], and for id, n in pairs(t), which visits everyone who was there when the loop began and still is, in the order first heard; its body may block and change the table. Not all of them are good: nodes that were only heard of, or no longer answer, are among them, in the tables of simulated members too. What BEP 5 counts is t:count("good"); sim.tables() counts all members' entries.
---@class dht.Table
---@field [string] dht.Entry
---@operator len: integer
local dht_Table = {}

---For a loop: as pairs, and also those who are heard of during the loop. With a query in the body, a crawl: it ends when the answers name nobody new. Nodes that make up contacts, as those of mix.crowd do, can keep it going for ever; each{max = n} ends it after n entries.
---@param opts? dht.EachOptions
---@return fun(): (id, dht.Entry) next
function dht_Table:each(opts) end

---The n (8) nearest to a point of the key space, nearest first.
---@param target id
---@param n? integer
---@return dht.Entry[] entries
function dht_Table:closest(target, n) end

---All entries, or the first n, in ascending order of a field or of what a function returns: numbers or strings. Equal ones stay in the order first heard, those without a value come last.
---@param key string|fun(entry: dht.Entry): any
---@param n? integer
---@return dht.Entry[] entries
function dht_Table:sorted(key, n) end

---How many there are, how many of a status, or for how many a function returns something other than nil and false.
---@param which? string|fun(entry: dht.Entry): any
---@return integer count
function dht_Table:count(which) end

---Those for which the function returns something other than nil and false, in the order first heard.
---@param fn fun(entry: dht.Entry): any
---@return dht.Entry[] entries
function dht_Table:filter(fn) end

---n random ones, each at most once; all if there are no more.
---@param n integer
---@return dht.Entry[] entries
function dht_Table:sample(n) end

---Forgets a node; false if it was not known.
---@param id id
---@return boolean removed
function dht_Table:remove(id) end

---Adds a node as if somebody had named it; false if it is known, or may not be in this table. To learn the id of an address, ping it.
---@param addr address
---@param id id
---@return boolean added
function dht_Table:add(addr, id) end

---Writes all entries to a file, as JSON Lines. Returns how many.
---@param path string
---@return integer? saved
---@return dht.Error? err
function dht_Table:save(path) end

---Adds the entries of a file that save wrote; they are unverified until they reply. Returns how many were new.
---@param path string
---@return integer? loaded
---@return dht.Error? err
function dht_Table:load(path) end

---A handler that was set with dht.on.
---@class dht.Subscription
local dht_Subscription = {}

---Ends the subscription. Events that wait for the handler are dropped; doing it twice is fine.
function dht_Subscription:off() end

---How a walk went.
---@class dht.Trace
---@field queries integer # Queries sent.
---@field replies integer # Queries that were answered.
---@field timeouts integer # Queries that nobody answered in time.
---@field errors integer # Queries that were refused, or answered with nonsense.
---@field pending integer # Queries still open when the walk ended, or turned to its second half: queries is the sum of replies, timeouts, errors and pending.
---@field hops integer # The longest way to a node that replied; 0 are those known at the start.
---@field duration seconds # Of the whole walk.
---@field path dht.Step[] # Each query, in the order of sending.

---One query of a walk.
---@class dht.Step
---@field addr address # Who was asked.
---@field id? id # The id under which it replied, or under which it was named; nil if neither is known.
---@field method string # What it was asked: "get_peers"; in the second half of an announce or a put, "announce_peer" or "put".
---@field hop integer # How far from the start.
---@field sent seconds # When it was asked, since the walk began.
---@field rtt? seconds # How long the reply took; nil if there was none.
---@field outcome "reply"|"timeout"|"error"|"pending" # Pending is a query that nobody waited for any more.
---@field code? integer # The error code of a node that refused.
---@field message? string # What a node that refused said, or what is wrong with its reply.
---@field seq? integer # Of an item that the reply held: its sequence number, 0 if it is immutable.

---How many take part in a torrent; estimates are good to a few per cent up to some 6000 of each.
---@class dht.Swarm
---@field seeds number # Hosts that have all of it.
---@field peers number # Hosts that have not.
---@field filters integer # Nodes that told it by Bloom filters.
---@field lists integer # Nodes that do not know of those and listed peers, which count as no seeds.

---An item of BEP 44, besides its value. With k, sig, seq and salt anybody can put a mutable one again.
---@class dht.ItemInfo
---@field seq? integer # Sequence number of a mutable item; a string of digits beyond 2^53.
---@field k? string # Public key of a mutable item, in hex.
---@field sig? string # Signature of a mutable item, in hex.
---@field salt? string # Salt of a mutable item that has one.
---@field raw string # The value, bencoded.
---@field nodes dht.Holder[] # What each node that was asked had to say, in the order of asking.

---What one node said when it was asked for an item.
---@class dht.Holder
---@field addr address # The node.
---@field id? id # Its id, if it is known.
---@field outcome "found"|"nothing"|"invalid"|"refused"|"silent" # It has the item; has none; has one that is not what it should be; answered with an error; did not answer in time.
---@field seq? integer # Sequence number of the item that it has; 0 of an immutable one.
---@field code? integer # The error code, if it refused.
---@field message? string # What it said when it refused, or what is wrong with what it has.

---A torrent that somebody has announced to a node.
---@class dht.Announced
---@field infohash id # Its info-hash.
---@field peers dht.StoredPeer[] # Who, in the order of their addresses.

---A peer as a node has stored it.
---@class dht.StoredPeer
---@field addr address # Where others are told to find it.
---@field seed boolean # It said that it has the whole torrent (BEP 33).
---@field last seconds # When it last announced itself, on the scale of task.now().

---An item of BEP 44 as a node has stored it.
---@class dht.StoredItem
---@field target id # Where it is found.
---@field last seconds # When it was last put, on the scale of task.now().
---@field seq? integer # Sequence number of a mutable item; a string of digits beyond 2^53.
---@field k? string # Public key of a mutable item, in hex.
---@field sig? string # Signature of a mutable item, in hex.
---@field salt? string # Salt of a mutable item that has one.
---@field raw string # The value, bencoded.

---A node as others speak of it.
---@class dht.Contact
---@field id id # Its id.
---@field addr address # Its address.

---What is known of one node, at the moment of asking.
---@class dht.Entry
---@field id id # The node's id.
---@field addr address # The first address that answered under this id.
---@field ip string # The address without the port.
---@field port integer # The port of the address.
---@field version? string # What it says of its software: by convention two letters and two bytes.
---@field rtt? seconds # How long its last reply took; nil if it never replied.
---@field first_seen seconds # When it was first heard of, on the scale of task.now(): negative before the run began.
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
---@field queries_in integer # Well-formed queries that the node was asked.
---@field replies_out integer # Replies it gave.
---@field errors_out integer # Errors it gave.
---@field queries_out integer # Queries it sent.
---@field replies_in integer # Replies to its queries.
---@field errors_in integer # Errors in answer to its queries.
---@field timeouts integer # Queries of its that nobody answered.
---@field announces_in integer # Announces it stored.
---@field items_in integer # Items of BEP 44 it stored.
---@field junk integer # Datagrams that are no message of the DHT.
---@field martians integer # Datagrams from addresses that cannot be.
---@field reflected integer # Queries under its own id.
---@field unmatched integer # Replies and errors that answer nothing it asked, or came too late.
---@field malformed integer # Replies that make no sense.
---@field amplified integer # Replies held back or cut: they were over four times the query, of a sender that had not proved its address.
---@field delayed integer # Queries of its that had to wait for the node's rate.
---@field unserved integer # Queries dropped because the node is read-only.
---@field rate_limited integer # Queries dropped because their sender asks too often.
---@field hooks_missed integer # Queries that got the built-in answer because handlers of dht.on("query") were too slow or too many.
---@field denied integer # Queries of its that were not sent: their address is out of reach, which --allow-net widens.
---@field pending integer # Queries of its that wait for an answer.
---@field searches integer # Walks under way.
---@field known integer # Nodes in its table.
---@field refused integer # Nodes that found no room in its table.
---@field hashes integer # Torrents of which somebody announced a peer to it.
---@field peers_stored integer # Peers of these.
---@field items_stored integer # Items of BEP 44 that others put at it.
---@field dropped_events integer # Events that a handler of dht.on never saw because too many waited for it.

---A query that the node was asked.
---@class dht.Query
---@field method string # What is asked: "ping", "find_node", "get_peers", "announce_peer" or another.
---@field args table<string, any> # Its arguments as they were sent, except that id, target and info_hash are in hex.
---@field addr address # Who asks.
---@field id? id # The id under which it asks.
---@field version? string # What it says of its software.
---@field read_only boolean # It does not answer queries itself (BEP 43).
---@field reply? table<string, any> # Of "answered": the values of the reply, or {error = {code, message}}.

---An announce that the node stored.
---@class dht.Announce
---@field infohash id # Of the torrent.
---@field addr address # The node that sent it; the peer is at the same IP.
---@field port integer # The peer's port.

---Why something outside of the script failed. tostring(err) is a sentence, and so is err in a concatenation.
---@class dht.Error
---@field kind "timeout"|"remote"|"unreachable"|"malformed"|"cancelled"|"not_found"|"failed"|"deadlock" # Nobody answered in time; a node refused; there is nobody to ask, no way there, or it is out of this run's reach; nonsense came; the task was cancelled; there is no such thing; a function raised an error; all tasks wait for each other.
---@field message string # What a node that refused said; else the sentence.
---@field code? integer # Of a node that refused: its error code.
---@field addr? address # The node that was asked.

---The node of this run: walks through the network, and being a member of it. Any other node has all of it but dht.open: n:get_peers(h). How long nodes keep what they store: lifetimes.
---@class dhtlib
---@field id id # The node's id. On the public DHT it may change once, to one that suits its address (BEP 42).
---@field addr address # The address that it listens at.
---@field addr6 address? # The IPv6 address that it listens at besides, as a member of both networks (BEP 32).
---@field network "sim"|"udp" # What it is on: a simulated network, or real sockets.
---@field rpc dht.rpc # One query to one node.
---@field table dht.Table # Every node it ever heard of.
dht = {}

---Walks towards a point of the key space. Returns the closest nodes that replied, nearest first.
---@async
---@param target id
---@param opts? dht.WalkOptions
---@return dht.Contact[]? nodes
---@return dht.Trace|dht.Error trace
function dht.find_node(target, opts) end

---Looks for the peers of a torrent, at the nodes closest to its info-hash. To find none is an empty list, not a failure.
---@async
---@param infohash id
---@param opts? dht.GetPeersOptions
---@return address[]? peers
---@return dht.Trace|dht.Error trace
function dht.get_peers(infohash, opts) end

---Tells the nodes closest to an info-hash that this host has a peer of the torrent at a port; without one, at the port that the node itself uses (implied_port). They keep it for 32 minutes. Nodes like ours know a peer of a torrent by its address and port, as several nodes may share a host, and on the public DHT by its address alone (BEP 33): an announce with another port then takes the place of the last. Returns how many took the announce. That nobody took it and somebody refused is a failure, remote, with the code that most of those gave; the trace comes also then.
---@async
---@param infohash id
---@param port? integer
---@param opts? dht.AnnounceOptions
---@return integer? stored
---@return dht.Trace|dht.Error trace
function dht.announce_peer(infohash, port, opts) end

---Estimates how many take part in a torrent, from the Bloom filters of the nodes that store its peers (BEP 33).
---@async
---@param infohash id
---@param opts? dht.WalkOptions
---@return dht.Swarm? swarm
---@return dht.Trace|dht.Error trace
function dht.scrape(infohash, opts) end

---Joins the network, or joins it again: looks for the node's own id, beginning at these addresses and at whom it knows. Returns how many nodes are known afterwards.
---@async
---@param addrs? address[]
---@return integer? known
---@return dht.Error? err
function dht.bootstrap(addrs) end

---Gets an item of BEP 44: the value with that hash, or the newest that the owner of a key has signed; key.target(public, salt) is its target, and the salt has to be given too. All answers are verified. The trace comes also if nobody has it.
---@async
---@param target id
---@param opts? dht.GetOptions
---@return any value
---@return dht.ItemInfo|dht.Error info
---@return dht.Trace? trace
function dht.get(target, opts) end

---Puts an item of BEP 44 at the nodes closest to its target, which keep it for 2 hours: a string, a whole number or a table of these, of at most 1000 bytes in bencode. Returns where it is found and how many nodes took it; in trace.path, the steps whose method is "put" say what each of them did. That nobody took it and somebody refused is a failure, remote, with the code that most of those gave; the trace comes also then.
---@async
---@param value any
---@param opts? dht.PutOptions
---@return id? target
---@return integer|dht.Error stored
---@return dht.Trace? trace
function dht.put(value, opts) end

---No longer puts the item of a target again that was put with keep_alive, nor announces a torrent again that was announced so; false if there is none.
---@param target id
---@return boolean kept
function dht.forget(target) end

---Looks up which torrent the owner of a key has last published under it (BEP 46). The key is public, in hex, or a link: magnet:?xs=urn:btpk:KEY&s=SALT, the salt in hex.
---@async
---@param key string
---@param opts? dht.GetTorrentOptions
---@return id? infohash
---@return dht.ItemInfo|dht.Error info
---@return dht.Trace? trace
function dht.get_torrent(key, opts) end

---Publishes a torrent under a key (BEP 46): puts its info-hash as the mutable item {ih = ...} of the secret_key in opts.
---@async
---@param infohash id
---@param opts dht.PutOptions
---@return id? target
---@return integer|dht.Error stored
---@return dht.Trace? trace
function dht.put_torrent(infohash, opts) end

---Serves and does nothing else, for so long or until the run is interrupted. The node serves all the time; this is for scripts that have nothing else to do.
---@async
---@param seconds? seconds
---@return boolean? served
---@return dht.Error? err
function dht.serve(seconds) end

---The node's counters since it was made, and its gauges.
---@return dht.Stats stats
function dht.stats() end

---How many peers others have announced to the node, and of how many torrents; see dht.announced.
---@return integer peers
---@return integer infohashes
function dht.peers_stored() end

---How many items of BEP 44 others have put at the node, and how many bytes their values have; see dht.items.
---@return integer items
---@return integer bytes
function dht.items_stored() end

---The node's own address as most of those saw it that answered it lately; nil while nobody has said.
---@return address? addr
function dht.external_addr() end

---Calls a function for each event, as a task of its own, which may block. "query" comes with a dht.Query before it is answered: return nothing for the built-in answer, a table to answer with those values, false to stay silent, {error = {code, message}} to refuse. The first of several handlers to return something decides; after 1 s, after an error, or beyond 128 handlers at work, the built-in answer goes out. "answered" comes with the same and its reply, afterwards; "node" with the dht.Entry of a node heard of for the first time; "announce" with a dht.Announce that was stored. Those three delay nothing, and are dropped beyond 4096 that wait.
---@param event "query"|"answered"|"node"|"announce"
---@param handler fun(event: any): any
---@return dht.Subscription subscription
---@overload fun(event: "query", handler: fun(q: dht.Query): table|false|nil): dht.Subscription
---@overload fun(event: "answered", handler: fun(q: dht.Query)): dht.Subscription
---@overload fun(event: "node", handler: fun(entry: dht.Entry)): dht.Subscription
---@overload fun(event: "announce", handler: fun(announce: dht.Announce)): dht.Subscription
function dht.on(event, handler) end

---What others have announced to the node: the torrents, in the order of their info-hashes, and the peers of each. Asking changes nothing.
---@return dht.Announced[] torrents
function dht.announced() end

---The items of BEP 44 that others have put at the node, in the order of their targets. Asking changes nothing; bencode.decode reads the values.
---@return dht.StoredItem[] items
function dht.items() end

---Opens another node and lets it join. All that are open are closed at the end of the run.
---@async
---@param opts? dht.OpenOptions
---@return dht.Node? node
---@return dht.Error? err
function dht.open(opts) end

---How to ask one node.
---@class dht.QueryOptions
---@field timeout? seconds # How long the reply is waited for. (0.001 to 3600, default 4)
---@field id? id # Ask under another id than the node's own.

---How to ask one node for others.
---@class dht.QueryNodesOptions
---@field want? "n4"|"n6"|"both"|string[] # Which nodes to ask for: of IPv4, IPv6 or both (BEP 32). Without it, a node names those of the network that it is asked over.
---@field timeout? seconds # How long the reply is waited for. (0.001 to 3600, default 4)
---@field id? id # Ask under another id than the node's own.

---How to ask one node for peers.
---@class dht.QueryPeersOptions
---@field want? "n4"|"n6"|"both"|string[] # Which nodes to ask for: of IPv4, IPv6 or both (BEP 32). Without it, a node names those of the network that it is asked over.
---@field noseed? boolean # Ask for peers that are no seeds (BEP 33). (default false)
---@field scrape? boolean # Ask how many seeds and peers there are (BEP 33): reply.seeds, reply.peers. (default false)
---@field timeout? seconds # How long the reply is waited for. (0.001 to 3600, default 4)
---@field id? id # Ask under another id than the node's own.

---How to announce to one node.
---@class dht.QueryAnnounceOptions
---@field seed? boolean # The peer has the whole torrent (BEP 33). (default false)
---@field timeout? seconds # How long the reply is waited for. (0.001 to 3600, default 4)
---@field id? id # Ask under another id than the node's own.

---How to ask one node for an item.
---@class dht.QueryGetOptions
---@field want? "n4"|"n6"|"both"|string[] # Which nodes to ask for: of IPv4, IPv6 or both (BEP 32). Without it, a node names those of the network that it is asked over.
---@field salt? string # Of a mutable item: the salt that its target was made with; only to verify the reply.
---@field seq? integer|string # Ask for the value of a mutable item only if it is newer than this.
---@field timeout? seconds # How long the reply is waited for. (0.001 to 3600, default 4)
---@field id? id # Ask under another id than the node's own.

---What to put at one node.
---@class dht.QueryPutOptions
---@field secret_key? string|key.Key # Makes the item a mutable one of this key: the secret of a key, or a key of module key.
---@field salt? string # Tells apart the mutable items of one key, at most 64 bytes.
---@field seq? integer|string # Sequence number of a mutable item. By default dht.put looks first, and takes the one above what it finds, or 0; dht.rpc.put takes 0.
---@field cas? integer|string # Refuse to replace an item unless this is its sequence number.
---@field k? string # With sig and seq, in place of secret_key: the public key of an item that somebody else has signed.
---@field sig? string # The signature of such an item.
---@field raw? boolean # The value is a string that is bencoded already, and goes out byte for byte. (default false)
---@field timeout? seconds # How long the reply is waited for. (0.001 to 3600, default 4)
---@field id? id # Ask under another id than the node's own.

---How to send a datagram.
---@class dht.QueryRawOptions
---@field timeout? seconds # How long the reply is waited for. (0.001 to 3600, default 4)

---What one node replied.
---@class dht.Reply
---@field id id # The id under which it replied; nil in a refusal without one.
---@field addr address # The address that was asked.
---@field rtt seconds # How long the reply took.
---@field version? string # What it says of its software: by convention two letters and two bytes.
---@field ip? address # Our own address as it sees us (BEP 42).
---@field raw? table<string, any> # All values of the reply as they were sent, ids in raw bytes; nil if they hold an integer beyond 64 bits.
---@field nodes? dht.Contact[] # IPv4 nodes that it named.
---@field nodes6? dht.Contact[] # IPv6 nodes that it named.
---@field values? address[] # Peers that it named.
---@field token? string # What it wants to be shown with an announce or a put.
---@field value any # The value of an item (BEP 44).
---@field seq? integer # The sequence number of a mutable item.
---@field k? string # The public key of a mutable item, in hex.
---@field sig? string # The signature of a mutable item, in hex.
---@field valid? boolean # Of dht.rpc.get: whether the item is the one of the target and the salt.
---@field samples? id[] # Info-hashes that it stores peers of (BEP 51).
---@field num? integer # How many info-hashes it stores.
---@field interval? seconds # For how long it does not want to be asked for samples again.
---@field seeds? number # Seeds of the torrent that it stores, estimated from its Bloom filter (BEP 33).
---@field peers? number # Other peers, likewise.
---@field malformed? string[] # Which of nodes, nodes6, values and samples have a length that is no whole number of entries: such a list names nobody, an odd entry of values neither, and the other fields stand. nodes of 38 bytes each that hold IPv4 addresses wrapped in IPv6 are read as they are meant.
---@field error? table # Of dht.rpc.raw: {code = ..., message = ...}, if the node refused.
---@field packet string # The whole datagram.

---One query to one node. A node that does not answer, or refuses, is nil and an error. On a real network, so is an address out of reach, which nothing is sent to: one of another kind (loopback, private or public) than those that the network was joined through, or with a port below 1024; --allow-net widens it.
---@class dht.rpc
dht.rpc = {}

---Asks whether a node is there, and for its id.
---@async
---@param addr address
---@param opts? dht.QueryOptions
---@return dht.Reply? reply
---@return dht.Error? err
function dht.rpc.ping(addr, opts) end

---Asks for the nodes nearest to a point of the key space: reply.nodes, reply.nodes6.
---@async
---@param addr address
---@param target id
---@param opts? dht.QueryNodesOptions
---@return dht.Reply? reply
---@return dht.Error? err
function dht.rpc.find_node(addr, target, opts) end

---Asks for the peers of a torrent: reply.values, or reply.nodes to ask next, and the token for an announce.
---@async
---@param addr address
---@param infohash id
---@param opts? dht.QueryPeersOptions
---@return dht.Reply? reply
---@return dht.Error? err
function dht.rpc.get_peers(addr, infohash, opts) end

---Announces a peer of a torrent at a port of this host, with the token that the node gave before. A port of nil is the one that the query comes from (implied_port).
---@async
---@param addr address
---@param infohash id
---@param port integer|nil
---@param token string
---@param opts? dht.QueryAnnounceOptions
---@return dht.Reply? reply
---@return dht.Error? err
function dht.rpc.announce_peer(addr, infohash, port, token, opts) end

---Asks for an item of BEP 44: reply.value, and the token for a put. reply.valid says whether it is the one that the target and the salt stand for.
---@async
---@param addr address
---@param target id
---@param opts? dht.QueryGetOptions
---@return dht.Reply? reply
---@return dht.Error? err
function dht.rpc.get(addr, target, opts) end

---Puts an item of BEP 44 at one node, with the token that it gave before. What is wrong with the item is for the node to say.
---@async
---@param addr address
---@param value any
---@param token string
---@param opts? dht.QueryPutOptions
---@return dht.Reply? reply
---@return dht.Error? err
function dht.rpc.put(addr, value, token, opts) end

---Asks for some of the info-hashes that a node stores peers of (BEP 51): reply.samples, num, interval; and for nodes near a point of the key space. Asked again before the interval is over, it fails without asking; reply.samples is nil if the node does not know this query.
---@async
---@param addr address
---@param target id
---@param opts? dht.QueryNodesOptions
---@return dht.Reply? reply
---@return dht.Error? err
function dht.rpc.sample_infohashes(addr, target, opts) end

---Sends any query. args are bencoded as they are, except that id, target and info_hash may be given in hex; id is added. The reply is in reply.raw.
---@async
---@param addr address
---@param method string
---@param args? table<string, any>
---@param opts? dht.QueryOptions
---@return dht.Reply? reply
---@return dht.Error? err
function dht.rpc.query(addr, method, args, opts) end

---Sends a datagram as it is, to see what a node makes of it: broken ones too. The reply is the next one from that address that answers nothing else, an error as well: reply.error. The table learns nothing from it. On a real network it takes --allow-raw; on the public DHT it is an error to call this.
---@async
---@param addr address
---@param bytes string
---@param opts? dht.QueryRawOptions
---@return dht.Reply? reply
---@return dht.Error? err
function dht.rpc.raw(addr, bytes, opts) end
