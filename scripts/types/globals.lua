---@meta _
-- Generated from lightdht's own definitions; never executed.

---The title, the parameters and the network of a script.
---@class Experiment
---@field title? string # One line about what it is.
---@field description? string # Any number of lines.
---@field params? table<string, number|string|boolean> # Parameters by name, each with its default: a number, a string or a boolean.
---@field network? ExperimentNetwork # The simulated network it runs on. Flags of the command line override it; a flag for a part, as --set mix.liar=0.1, keeps the other parts.

---A simulated network.
---@class ExperimentNetwork
---@field nodes? integer # How many nodes it has at first. (1 to 16777216, default 500)
---@field seed? integer # Decides everything that is left to chance. (0 or more, default 1)
---@field start? "warm"|"cold" # Whether the nodes have met before, or find each other first. (default "warm")
---@field v6? number # Share of the nodes that have an IPv6 address too, and are members of both networks. (0 to 1, default 0)
---@field hosts_per_prefix? integer # How many hosts share a /24 of IPv4 addresses, or a /64 of IPv6. Without it they are scattered. (1 to 254)
---@field nodes_per_host? integer # How many nodes share an address, at ports from 6881 on. (1 to 1000, default 1)
---@field public? boolean # Members keep to the rules of the public DHT: one node of an address in a table and one of a /24 or /64 in a bucket, two queries a second to an address. (default false)
---@field k? integer # How many nodes share a bucket in the tables of members. (1 to 100, default 8)
---@field alpha? integer # How many queries a search of a member has in flight: of the background traffic, to join, to refresh its table. (1 to 100, default 3)
---@field latency? seconds|Latency # Round-trip time: a constant, or {median = 0.1, sigma = 0.6}, log-normal with one draw per pair of nodes.
---@field loss? number # Probability that a datagram is lost. (0 to 1, default 0)
---@field nat? number # Share of the nodes that nobody can reach unasked. (0 to 1, default 0)
---@field mtu? integer # Longest packet, headers included, that gets through in one piece; longer ones are lost. 0: there are no longer ones. (0 to 65535, default 0)
---@field fragment? boolean # Longer packets than the MTU are sent in pieces instead, each of which may be lost. (default false)
---@field inbound? Inbound # What the lines of members take in: {datagrams = 100} or {bytes = 20000} a second, and how long a datagram may have to wait: wait.
---@field churn? "weibull"|Churn # How members come and go: {session = {dist = "weibull", shape = 0.43, scale = 28380}, downtime = {...}, core = 0.1}. The word stands for the law of sessions measured among nodes of Mainline DHT.
---@field dead? number # Share of the contacts in the tables of a warm start that are dead. (0 to 0.9, default 0)
---@field partition? number # Share of the members that are cut off from the others. (0 to 1, default 0)
---@field skew? Skew # How wrong the clocks of members are: {offset = seconds, drift = parts per million}, the most they are off by.
---@field mix? Mix # Shares of members that behave in another way: {read_only = 0.1, silent = 0.1, slow = 0.1, liar = 0.1, wrong_id = 0.1, follower = 0.1, crowd = 0.1, delay = 1}.
---@field traffic? Traffic # What members search for all the time: {every = 900, clients = 1, torrents = 1000, exponent = 1, lookups = 0}.
---@field simulate_idle? boolean # Simulate the upkeep of idle times too: those in which nothing else happens for more than an hour, in a network that nothing disturbs. Otherwise they pass at once, and what would have been sent is not counted. (default false)

---A log-normal law of round-trip times. A constant is a median whose sigma is 0.
---@class Latency
---@field median? seconds # Half of the pairs of nodes are nearer to each other than this. (default 0.1)
---@field sigma? number # Standard deviation of the logarithm. (0 to 3, default 0.6)

---What a member's line takes in.
---@class Inbound
---@field datagrams? integer # A second; 0: any number. (0 or more)
---@field bytes? integer # A second, headers included; 0: any number. (0 or more)
---@field wait? seconds # How long a datagram may have to wait for its turn; those that would wait longer are dropped. It needs datagrams or bytes.

---How members come and go. It starts in the law's stationary state.
---@class Churn
---@field session? "weibull"|Law # How long a member stays online.
---@field downtime? "weibull"|Law # How long it then stays away; by default as long as a session.
---@field core? number # Share of members who never leave. (0 to 1, default 0)

---How long something lasts.
---@class Law
---@field dist? "exponential"|"weibull"|"constant" # The kind of law.
---@field mean? seconds # Of an exponential or constant law.
---@field shape? number # Of a Weibull law; below 1, a member that has stayed for long stays on.
---@field scale? seconds # Of a Weibull law.

---How wrong clocks are.
---@class Skew
---@field offset? seconds # The most that a clock is off by.
---@field drift? number # The most that it is fast or slow by, in parts per million.

---Shares of members that behave in another way than BEP 5 asks.
---@class Mix
---@field read_only? number # Ask and do not answer, and say so (BEP 43). (0 to 1)
---@field silent? number # Ask and do not answer. (0 to 1)
---@field slow? number # Answer late. (0 to 1)
---@field liar? number # Answer with contacts that do not exist. (0 to 1)
---@field wrong_id? number # Answer under another id each time. (0 to 1)
---@field follower? number # Answer under an id near to what is asked for, the same each time for that; name the nodes that they know. (0 to 1)
---@field crowd? number # Answer with themselves under many ids near to what is asked for. (0 to 1)
---@field delay? seconds # By how much slow members are late, on average.

---Searches of members in the background.
---@class Traffic
---@field every? seconds # Mean time between two searches of one client; needed. 0: there are none.
---@field clients? number # Share of members who search. (0 to 1, default 1)
---@field torrents? integer # How many there are to choose from. (1 to 16777216, default 1000)
---@field exponent? number # Of Zipf's law of popularity: above 0, at most 5. (default 1)
---@field lookups? number # Share of searches that only look; the others announce. (0 to 1)

---Declares the title, the parameters and the network of a script. It must be the first thing that a script does. Returns the parameters: the defaults, changed by the command line. Each has the type of its default.
---@param header Experiment
---@return table<string, any> params
function experiment(header) end

---Counts a check that passed, or failed if ok is nil or false, and prints a line. A run with a failed check ends with exit code 3.
---@param name string
---@param ok any
---@param detail? any
---@return any ok
function check(name, ok, detail) end

---Adds one row to the results of the run: record{nodes = 10, hops = 2.5}, or record("lookups", {...}) for a table of that name. Columns keep the order in which they first appeared; values are numbers, strings and booleans.
---@param name_or_row string|table
---@param row? table
---@overload fun(row: table<string, number|string|boolean>)
---@overload fun(name: string, row: table<string, number|string|boolean>)
function record(name_or_row, row) end

---The script's own arguments, from arg[1] on; arg[0] is its path.
---@type table<integer, string>
arg = {}

---The SHA-1 digest as 40 hex digits; id.raw gives its 20 bytes.
---@param bytes string
---@return string digest
function sha1(bytes) end

---Writes its arguments to stdout as tostring shows them, with tabs between and a line feed at the end. Tables and functions show a number in place of a memory address, in the order in which they are first shown, so that each run prints the same.
---@param ... any
function print(...) end

---Loads a module, once: NAME.lua or NAME/init.lua beside the script, else from the library that comes with lightdht ("lightdht.census"). A dot in the name is a folder. A module that does not exist is an error.
---@async
---@param name string
---@return any module
function require(name) end

---The same as task.sleep: waits.
---@async
---@param seconds seconds
function sleep(seconds) end

---The same as task.spawn: starts a task.
---@param fn fun(...: any): ...
---@param ... any
---@return task.Task task
function spawn(fn, ...) end
