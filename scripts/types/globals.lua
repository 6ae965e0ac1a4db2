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
---@field nodes? integer # Number of members at the beginning. (1 to 16777216, default 500)
---@field seed? integer # The seed of all random numbers. The same seed gives the same run. (0 or more, default 1)
---@field start? "warm"|"cold" # warm: the tables of members are filled at the beginning. cold: members have to find each other. (default "warm")
---@field v6? number # Share of the members that have an IPv6 address too, and are in both networks. (0 to 1, default 0)
---@field hosts_per_prefix? integer # Hosts in a /24 of IPv4 addresses or a /64 of IPv6. Default: addresses are scattered. (1 to 254)
---@field nodes_per_host? integer # Members at one IP address, at the ports from 6881 on. (1 to 1000, default 1)
---@field public? boolean # Members follow the rules of the public DHT: one node per IP address in a table, one per /24 or /64 in a bucket, two queries a second to an address. (default false)
---@field k? integer # Nodes in a bucket of the tables of members. (1 to 100, default 8)
---@field alpha? integer # Queries in flight in a search of a member: for background traffic, to join, to refresh its table. (1 to 100, default 3)
---@field latency? seconds|Latency # Round-trip time: a constant, or log-normal with one draw per pair of nodes: {median = 0.1, sigma = 0.6}.
---@field loss? number # Probability that a datagram is lost. (0 to 1, default 0)
---@field nat? number # Share of the members behind NAT: other nodes reach them only after a query from them. (0 to 1, default 0)
---@field mtu? integer # The longest packet, headers included; longer ones are lost. 0: no limit. (0 to 65535, default 0)
---@field fragment? boolean # Packets longer than the MTU are sent in pieces, each of which may be lost. (default false)
---@field inbound? Inbound # Limits on the datagrams that a member receives: {datagrams = 100} or {bytes = 20000} a second, and the longest time in the queue, wait.
---@field churn? "weibull"|Churn # How members come and go: {session = {dist = "weibull", shape = 0.43, scale = 28380}, downtime = {...}, core = 0.1}. "weibull" is the distribution of sessions that was measured in the Mainline DHT.
---@field dead? number # Share of dead contacts in the tables of a warm start. (0 to 0.9, default 0)
---@field partition? number # Share of the members that are cut off from the others. (0 to 1, default 0)
---@field skew? Skew # How wrong the clocks of members are: {offset = seconds, drift = parts per million}. These are maxima.
---@field mix? Mix # Shares of members that misbehave: {read_only = 0.1, silent = 0.1, slow = 0.1, liar = 0.1, wrong_id = 0.1, follower = 0.1, crowd = 0.1, delay = 1}.
---@field traffic? Traffic # Searches that members make in the background: {every = 900, clients = 1, torrents = 1000, exponent = 1, lookups = 0}.
---@field simulate_idle? boolean # Simulate idle times too: more than an hour in which nothing but upkeep happens. By default they are skipped, and their datagrams are not counted. (default false)

---Round-trip times that are log-normal. A constant time is a median with sigma 0.
---@class Latency
---@field median? seconds # The median of the round-trip times between two nodes. (default 0.1)
---@field sigma? number # Standard deviation of the logarithm of the round-trip times. (0 to 3, default 0.6)

---Limits on the datagrams that a member receives.
---@class Inbound
---@field datagrams? integer # Datagrams a second; 0: no limit. (0 or more)
---@field bytes? integer # Bytes a second, headers included; 0: no limit. (0 or more)
---@field wait? seconds # The longest time that a datagram waits in the queue; datagrams that would wait longer are dropped. It needs datagrams or bytes.

---How members come and go (churn). It begins in the stationary state.
---@class Churn
---@field session? "weibull"|Law # How long a member stays online.
---@field downtime? "weibull"|Law # How long it then stays away. Default: the same as session.
---@field core? number # Share of the members that never leave. (0 to 1, default 0)

---A distribution of durations.
---@class Law
---@field dist? "exponential"|"weibull"|"constant" # The kind of distribution.
---@field mean? seconds # The mean, for exponential and constant.
---@field shape? number # Of a Weibull law; below 1, a member that has stayed for long stays on.
---@field scale? seconds # The scale, for weibull.

---How wrong the clocks of members are.
---@class Skew
---@field offset? seconds # The largest offset of a clock.
---@field drift? number # The largest drift of a clock, in parts per million.

---Shares of the members that do not behave as BEP 5 says.
---@class Mix
---@field read_only? number # Send queries with the flag read-only, and do not answer (BEP 43). (0 to 1)
---@field silent? number # Send queries and do not answer. (0 to 1)
---@field slow? number # Answer late. (0 to 1)
---@field liar? number # Answer with contacts that do not exist. (0 to 1)
---@field wrong_id? number # Answer with another id each time. (0 to 1)
---@field follower? number # Answer under an id near to what is asked for, the same each time for that; name the nodes that they know. (0 to 1)
---@field crowd? number # Answer with contacts that are all themselves, under many ids near the target. (0 to 1)
---@field delay? seconds # The mean delay of slow members.

---Searches that members make in the background.
---@class Traffic
---@field every? seconds # Mean time between two searches of one client; required. 0: no searches.
---@field clients? number # Share of the members that search. (0 to 1, default 1)
---@field torrents? integer # Number of torrents. (1 to 16777216, default 1000)
---@field exponent? number # Exponent of Zipf's law, the popularity of torrents: above 0, at most 5. (default 1)
---@field lookups? number # Share of the searches that only look for peers; the others also announce. (0 to 1)

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
