--- Which torrents are there? Asks every node for some of the info-hashes that it stores peers of (BEP 51).
---
---   local sample = require "lightdht.sample"
---   local found = sample.run{ tell = function(infohash, node) print(infohash) end }
---   print(found.count, found.asked)
---
--- It goes through the key space from its beginning to its end: the next node is the first that was not asked yet. It is
--- asked for a target close to its own id, so that one reply has samples and neighbours. A node is asked again only after
--- the interval that it gave. Nodes that do not know the query are asked once.
local sample = {}

--- Options of a run.
---@class sample.Options
---@field parallel? integer  queries in flight at once; default 20
---@field duration? seconds  how long to go on, asking nodes again after their intervals; default: ask each node once
---@field timeout? seconds  the longest wait for a reply; default 2
---@field most? integer  stop after this many info-hashes; default 1,000,000
---@field nodes? integer  ask at most this many nodes; default 100,000
---@field tell? fun(infohash: id, node: dht.Contact)  called with each info-hash that is new

--- The result of a run.
---@class sample.Result
---@field infohashes table<id, integer>  for each, how many nodes named it
---@field count integer  number of info-hashes
---@field asked integer  nodes that were asked
---@field told integer  nodes that sent samples
---@field without integer  nodes that do not know the query
---@field resting integer  nodes that were sampled, with intervals that end after the run
---@field silent integer  nodes that did not answer
---@field stored integer  the sum of the info-hashes that the nodes say they store; several nodes store the same one

--- The interval of a node that gives none, in seconds (chosen by us).
local least = 60

--- A queue of nodes: those due first, and of these the one that comes first in the key space.
local queue = {}
queue.__index = queue

local function before(a, b) return a.due < b.due or a.due == b.due and a.id < b.id end

function queue:push(node)
  local i = #self + 1
  self[i] = node
  while i > 1 do
    local up = math.floor(i / 2)
    if not before(self[i], self[up]) then break end
    self[i], self[up], i = self[up], self[i], up
  end
end

function queue:pop()
  local first, last = self[1], table.remove(self)
  if first == last then return first end
  self[1] = last
  local i = 1
  while true do
    local least = i
    for child = 2 * i, math.min(2 * i + 1, #self) do
      if before(self[child], self[least]) then least = child end
    end
    if least == i then return first end
    self[i], self[least], i = self[least], self[i], least
  end
end

--- One walk, and what it has found so far.
local walk = {}
walk.__index = walk

--- Remembers a node that another node named.
function walk:hear(contact)
  if self.known[contact.id] or self.seen >= self.nodes or contact.id == dht.id then return end
  self.known[contact.id], self.seen = true, self.seen + 1
  self.queue:push{ id = contact.id, addr = contact.addr, due = 0 }
end

--- A target near a node: within a neighbourhood of eight nodes, or up to eight times as wide, as nodes of one
--- neighbourhood may not know the next one. In simulations this finds 999 of 1000 nodes.
function walk:point(node) return id.with_prefix(node.id, math.max(0, self.depth - math.random(0, 3))) end

--- Keeps how many bits neighbours share here.
function walk:measure(nodes)
  if #nodes >= 8 then self.depth = math.max(0, id.common_prefix(nodes[1].id, nodes[#nodes].id)) end
end

function walk:take(infohash, node)
  local found = self.found
  if not found.infohashes[infohash] then
    found.count = found.count + 1
    if self.tell then self.tell(infohash, node) end
  end
  found.infohashes[infohash] = (found.infohashes[infohash] or 0) + 1
end

--- Handles a node without samples: its reply may still name other nodes.
function walk:pass(node, err)
  local found = self.found
  local reply = err.kind ~= "timeout" and dht.rpc.find_node(node.addr, self:point(node), { timeout = self.timeout })
  for _, contact in ipairs(reply and reply.nodes or {}) do self:hear(contact) end
  local kind = err.kind == "remote" and "without" or err.kind == "unreachable" and "resting" or "silent"
  found[kind] = found[kind] + 1
end

--- Asks one node. It goes back into the queue if it may be asked again.
function walk:visit(node)
  local found, first = self.found, node.due == 0
  if first then found.asked = found.asked + 1 end
  local reply, err = dht.rpc.sample_infohashes(node.addr, self:point(node), { timeout = self.timeout })
  if not reply then
    if first then self:pass(node, err) end
    return
  end
  for _, contact in ipairs(reply.nodes or {}) do self:hear(contact) end
  self:measure(reply.nodes or {})
  if not reply.samples then
    found.without = found.without + 1
    return
  end
  if first then
    found.told = found.told + 1
    found.stored = found.stored + (tonumber(reply.num) or 0)
  end
  for _, infohash in ipairs(reply.samples) do
    if found.count < self.most then self:take(infohash, node) end
  end
  node.due = task.now() + math.max(tonumber(reply.interval) or 0, least)
  if node.due <= self.stop then self.queue:push(node) end
end

--- Whether there is more to do: something is due, or may be named by those being asked.
function walk:work()
  while self.found.count < self.most do
    local node = self.queue[1]
    if not node and self.busy == 0 then return end
    if node and node.due <= task.now() then
      self.queue:pop()
      self.busy = self.busy + 1
      self:visit(node)
      self.busy = self.busy - 1
    else
      sleep(node and math.max(0.01, math.min(node.due - task.now(), 60)) or 0.05) -- never for no time at all
    end
  end
end

--- Goes through the key space once, or with a duration again and again. Blocks until that is done.
---@param opts? sample.Options
---@return sample.Result? found  nil if no node answered
---@return dht.Error? err
function sample.run(opts)
  opts = opts or {}
  local self = setmetatable({
    queue = setmetatable({}, queue), known = {}, seen = 0, busy = 0, depth = 0,
    nodes = opts.nodes or 100000, most = opts.most or 1000000, timeout = opts.timeout or 2, tell = opts.tell,
    stop = opts.duration and task.now() + opts.duration or -1,
    found = { infohashes = {}, count = 0, asked = 0, told = 0, without = 0, resting = 0, silent = 0, stored = 0 },
  }, walk)
  local start, err = dht.find_node(("0"):rep(40))
  if not start then return nil, err end
  for _, contact in ipairs(start) do self:hear(contact) end
  local workers = {}
  for i = 1, opts.parallel or 20 do workers[i] = i end
  task.map(workers, function() self:work() end, { parallel = #workers })
  return self.found
end

return sample
