---@meta _
-- Generated from lightdht's own definitions; never executed.

---Which members to choose from.
---@class sim.RandomOptions
---@field online? boolean # true: members that are online. false: members that have left. (default true)
---@field reachable? boolean # true: members that are not behind NAT. false: members that are. Default: both.
---@field behavior? "normal"|"read_only"|"silent"|"slow"|"liar"|"wrong_id"|"follower"|"crowd" # Members that behave so; see Mix. Default: all.

---Which members to look at.
---@class sim.ClosestOptions
---@field family? "v4"|"v6" # Only members of that network (BEP 32). All are members of the IPv4 network; those with an addr6 also of the IPv6 network.
---@field reachable? boolean # Only members that a search can find: not behind NAT, and not read_only, silent or wrong_id. (default false)

---What the network does to datagrams.
---@class sim.Link
---@field latency? seconds|Latency # Round-trip time: a constant, or log-normal with one draw per pair of nodes: {median = 0.1, sigma = 0.6}.
---@field loss? number # Probability that a datagram is lost. (0 to 1, default 0)
---@field nat? number # Share of the members behind NAT: other nodes reach them only after a query from them. (0 to 1, default 0)
---@field mtu? integer # The longest packet, headers included; longer ones are lost. 0: no limit. (0 to 65535, default 0)
---@field fragment? boolean # Packets longer than the MTU are sent in pieces, each of which may be lost. (default false)
---@field inbound? Inbound # Limits on the datagrams that a member receives: {datagrams = 100} or {bytes = 20000} a second, and the longest time in the queue, wait.

---Options of new members.
---@class sim.AddOptions
---@field behavior? "normal"|"read_only"|"silent"|"slow"|"liar"|"wrong_id"|"follower"|"crowd" # How they behave; see Mix. (default "normal")
---@field near? id # A target: the ids of the new members are nearer to it than all others. This is a sybil attack.

---A member of a simulated network.
---@class sim.Member
---@field id id # Its id.
---@field addr address # Its address.
---@field addr6? address # Its IPv6 address, if it is a member of both networks.
---@field online boolean # Whether it is online.
---@field since seconds # When it came online or left, in the time of task.now(). Negative: before the run began.
---@field reachable boolean # Whether other nodes can reach it: it is not behind NAT.
---@field behavior "normal"|"read_only"|"silent"|"slow"|"liar"|"wrong_id"|"follower"|"crowd" # How it behaves; see Mix.

---The entries in the tables of all online members. For the table of one member: n.table:count("good").
---@class sim.Tables
---@field members integer # Members that are online.
---@field good integer # Entries that have answered lately. Only these are named to other nodes.
---@field questionable integer # Entries that answered once, and have been silent for 15 minutes.
---@field bad integer # Entries that left several queries unanswered.
---@field unverified integer # Entries that have never answered.

---Counters since the run began. Each datagram that was sent is counted as delivered, lost, unreachable, cut, too_long or dropped, or is still on its way.
---@class sim.Stats
---@field online integer # Members that are online.
---@field sent integer # Datagrams sent, including those that were on their way when the run began.
---@field delivered integer # Datagrams that somebody received.
---@field lost integer # Datagrams that the link lost.
---@field unreachable integer # Datagrams to an address where no node was online, or to a NAT that did not let them in.
---@field cut integer # Datagrams from one side of a partition to the other.
---@field too_long integer # Datagrams that were too long for the MTU.
---@field dropped integer # Datagrams that the line of the receiver dropped.
---@field fragmented integer # Datagrams sent in pieces. They are counted above too.
---@field joins integer # Members that joined or came back.
---@field leaves integer # Members that left.
---@field searches integer # Searches of the background traffic.
---@field events integer # Events of the simulation: arrivals, timers and others.
---@field time seconds # Virtual time since the run began: task.now().
---@field skipped seconds # The part of time that was skipped because nothing but upkeep would have happened. The counters do not include it.

---The simulated network of this run: its members, and what happens to datagrams. The run's own node, and nodes that scripts open, are not members. For how long nodes store things, see lifetimes.
---@class simlib
sim = {}

---How many members are online.
---@return integer online
function sim.size() end

---Counters of the network since the run began. Making the network, and joining it with the run's own node, do not count.
---@return sim.Stats stats
function sim.stats() end

---All members, also those that have left, in the order of joining.
---@return sim.Member[] members
function sim.nodes() end

---A node handle for one member, by its index in sim.nodes() or its address. sim.random() finds one that is online. If the member has left, that is a failure of kind not_found.
---@param which integer|address
---@return dht.Node? node
---@return dht.Error? err
function sim.node(which) end

---A random member, by default one that is online; each has the same probability. sim.node(member.addr) is a handle for it. The choice depends on the seed alone. If there is no such member, that is a failure of kind not_found.
---@param opts? sim.RandomOptions
---@return sim.Member? member
---@return dht.Error? err
function sim.random(opts) end

---Counts the entries in the tables of all members that are online, by status. Members name only good entries to other nodes.
---@return sim.Tables tables
function sim.tables() end

---The true result of a search, to measure recall: the k online members nearest to a target, nearest first.
---@param target id
---@param k? integer
---@param opts? sim.ClosestOptions
---@return sim.Member[] members
function sim.closest(target, k, opts) end

---Lets new members join, each through three random ones. They find their places within a few seconds.
---@param n integer
---@param opts? sim.AddOptions
---@return sim.Member[] members
function sim.add(n, opts) end

---Takes away a number of random members, or the one at an address. They leave without telling others. Returns the members that left.
---@param which integer|address
---@return sim.Member[]? members
---@return dht.Error? err
function sim.remove(which) end

---Changes what the network does to datagrams from now on. Options that are left out keep their values.
---@param link sim.Link
function sim.link(link) end

---Lets members come and go from now on: a table {session = {...}, downtime = {...}, core = 0.1}, or "weibull". It begins in the stationary state. false ends it.
---@param churn Churn|string|boolean
function sim.churn(churn) end

---Cuts the network in two: a share of the members, or the nodes at some addresses, against all others. From now on nothing is delivered from one side to the other.
---@param who number|address[]
function sim.partition(who) end

---Ends a partition. The nodes have to find each other again.
function sim.heal() end

---Lets members search for torrents in the background from now on: {every = 900, torrents = 1000}. false ends it.
---@param traffic Traffic|boolean
function sim.traffic(traffic) end

---The info-hash of a torrent of the background traffic, by its rank in popularity: 1 is the most popular.
---@param i integer
---@return id infohash
function sim.torrent(i) end

---Sets the clocks of all members: from now on they are wrong by an offset and a drift.
---@param skew Skew
function sim.skew(skew) end

---Changes how a member behaves from now on, see Mix: "normal", "silent", "slow", "liar", "wrong_id", "follower" or "crowd".
---@param which integer|address
---@param behavior string
function sim.behave(which, behavior) end
