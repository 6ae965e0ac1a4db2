---@meta _
-- Generated from lightdht's own definitions; never executed.

---Among whom to choose.
---@class sim.RandomOptions
---@field online? boolean # Members that are online, or with false those that have left. (default true)
---@field reachable? boolean # Members that are not behind NAT, or with false those that are. Without it: both.
---@field behavior? "normal"|"read_only"|"silent"|"slow"|"liar"|"wrong_id"|"follower"|"crowd" # Members that treat others so; for the words, see Mix. Without it: all.

---Who counts.
---@class sim.ClosestOptions
---@field family? "v4"|"v6" # Members of that network only (BEP 32). All are in that of IPv4, those with an addr6 in that of IPv6 too.
---@field reachable? boolean # Only members that a search can find: not behind NAT, and not read_only, silent or wrong_id. (default false)

---What the network does to datagrams.
---@class sim.Link
---@field latency? seconds|Latency # Round-trip time: a constant, or {median = 0.1, sigma = 0.6}, log-normal with one draw per pair of nodes.
---@field loss? number # Probability that a datagram is lost. (0 to 1, default 0)
---@field nat? number # Share of the nodes that nobody can reach unasked. (0 to 1, default 0)
---@field mtu? integer # Longest packet, headers included, that gets through in one piece; longer ones are lost. 0: there are no longer ones. (0 to 65535, default 0)
---@field fragment? boolean # Longer packets than the MTU are sent in pieces instead, each of which may be lost. (default false)
---@field inbound? Inbound # What the lines of members take in: {datagrams = 100} or {bytes = 20000} a second, and how long a datagram may have to wait: wait.

---What kind of members join.
---@class sim.AddOptions
---@field behavior? "normal"|"read_only"|"silent"|"slow"|"liar"|"wrong_id"|"follower"|"crowd" # How they treat others; for the words, see Mix. (default "normal")
---@field near? id # A point of the key space: their ids are nearer to it than that of anyone else, as those of sybils.

---What there is to know of one member.
---@class sim.Member
---@field id id # Its id.
---@field addr address # Its address.
---@field addr6? address # Its IPv6 address, if it is a member of both networks.
---@field online boolean # It has not left.
---@field since seconds # When it came online, or left, on the scale of task.now(): negative before the run began.
---@field reachable boolean # It is not behind NAT.
---@field behavior "normal"|"read_only"|"silent"|"slow"|"liar"|"wrong_id"|"follower"|"crowd" # How it treats others; for the words, see Mix.

---What is in the tables of the members online; n.table:count("good") says so of one of them.
---@class sim.Tables
---@field members integer # Members that are online.
---@field good integer # Entries that answered lately: those that are handed to others.
---@field questionable integer # Entries that answered once, and have been silent for 15 minutes.
---@field bad integer # Entries that left several queries unanswered.
---@field unverified integer # Entries that were only heard of: they never answered.

---What has happened since the run began. Each datagram sent ends up as delivered, lost, unreachable, cut, too long or dropped, or is still under way.
---@class sim.Stats
---@field online integer # Members that are.
---@field sent integer # Datagrams sent, with those that were under way when the run began.
---@field delivered integer # Datagrams that somebody received.
---@field lost integer # Datagrams that the link lost.
---@field unreachable integer # Nobody was online at the address, or its NAT let nobody in.
---@field cut integer # Sent from one side of a partition to the other.
---@field too_long integer # Too long for the MTU.
---@field dropped integer # Dropped by the receiver's line.
---@field fragmented integer # Sent in pieces; they are among the others too.
---@field joins integer # Members that joined or came back.
---@field leaves integer # Members that left.
---@field searches integer # Searches of the background traffic.
---@field events integer # Arrivals, and whatever else the network did.
---@field time seconds # Virtual time since the run began: task.now().
---@field skipped seconds # Of it, what passed at once, as nothing but upkeep would have happened; none of the counters has that.

---The simulated network of this run: who is there, and what happens to datagrams. The run's own node, and nodes that scripts open, are not among its members. How long nodes keep what they store: lifetimes.
---@class simlib
sim = {}

---How many members are online.
---@return integer online
function sim.size() end

---What has happened in the network since the run began. What it took to make the network, and to let the run's own node join, does not count.
---@return sim.Stats stats
function sim.stats() end

---All members there have been, in the order of joining.
---@return sim.Member[] members
function sim.nodes() end

---A handle that drives one member of the population, by its place in sim.nodes() or its address; sim.random() finds one that is online. One that has left is a failure, "not_found".
---@param which integer|address
---@return dht.Node? node
---@return dht.Error? err
function sim.node(which) end

---One random member: of those online, unless the options say otherwise, each as likely as any other. sim.node(member.addr) drives it. The seed decides who it is. That there is no such member is a failure, "not_found".
---@param opts? sim.RandomOptions
---@return sim.Member? member
---@return dht.Error? err
function sim.random(opts) end

---Counts the entries in the tables of all members that are online, by status. A table also has entries that are not good: only good ones are handed to others.
---@return sim.Tables tables
function sim.tables() end

---The truth, for recall: the k (8) members online that are nearest to a point of the key space, nearest first.
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

---Lets so many random members leave, or the one at an address, without a word to anyone. Returns who left.
---@param which integer|address
---@return sim.Member[]? members
---@return dht.Error? err
function sim.remove(which) end

---Changes what the network does to datagrams from now on; what is not named stays as it is.
---@param link sim.Link
function sim.link(link) end

---Lets members come and go from now on, as {session = {...}, downtime = {...}, core = 0.1} says, or as "weibull" does, beginning in its stationary state; false ends it.
---@param churn Churn|string|boolean
function sim.churn(churn) end

---Cuts a share of the members, or the nodes at some addresses, off all others: from now on nothing is delivered from one side to the other.
---@param who number|address[]
function sim.partition(who) end

---Ends a partition. Nodes find each other again by their own efforts.
function sim.heal() end

---Lets members search for torrents in the background from now on, as {every = 900, torrents = 1000} says; false ends it.
---@param traffic Traffic|boolean
function sim.traffic(traffic) end

---The info-hash of a torrent of the background traffic, by its place in the order of popularity, from 1.
---@param i integer
---@return id infohash
function sim.torrent(i) end

---Sets the clocks of all members: from now on they are off by their offsets, and drift away from there.
---@param skew Skew
function sim.skew(skew) end

---Changes how a member treats others from now on: "normal", "silent", "slow", "liar", "wrong_id", "follower" or "crowd".
---@param which integer|address
---@param behavior string
function sim.behave(which, behavior) end
