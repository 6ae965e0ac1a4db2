-- Walks through the network, with their results, traces and options.

local function raises(want, fn, ...)
  local ok, err = pcall(fn, ...)
  assert(not ok, "no error, but expected: " .. want)
  assert(tostring(err):find(want, 1, true), "got: " .. tostring(err) .. "\nwant: " .. want)
end

local function is_id(x) return type(x) == "string" and #x == 40 and x:match("^[0-9a-f]+$") ~= nil end
local function is_addr(x) return type(x) == "string" and x:match("^%d+%.%d+%.%d+%.%d+:%d+$") ~= nil end

-- find_node: nearest first, all of them having replied.
local target = id.random()
local nodes, trace = dht.find_node(target)
check("eight nodes, or all there are", #nodes == 8, #nodes)
for i, n in ipairs(nodes) do
  assert(is_id(n.id) and is_addr(n.addr), n.id)
  assert(i == 1 or id.closer(target, nodes[i - 1].id, n.id), "not sorted")
end

-- The trace lists each query in the order of sending.
assert(trace.queries == #trace.path and trace.replies >= #nodes)
assert(trace.queries >= trace.replies + trace.timeouts + trace.errors)
assert(trace.duration > 0 and trace.hops >= 0)
local last, replies, hops = 0, 0, 0
for _, step in ipairs(trace.path) do
  assert(is_addr(step.addr) and step.sent >= last and step.hop >= 0)
  last = step.sent
  if step.outcome == "reply" then
    replies = replies + 1
    hops = math.max(hops, step.hop)
    assert(is_id(step.id) and step.rtt > 0 and step.sent + step.rtt <= trace.duration + 1e-6)
  else
    assert(step.outcome == "pending" or step.outcome == "timeout", step.outcome)
  end
end
assert(replies == trace.replies and hops == trace.hops)

-- Raw ids do as well as hex.
assert(#dht.find_node(id.raw(target)) == 8)

-- Options.
assert(#dht.find_node(target, { k = 3 }) == 3)
local _, narrow = dht.find_node(target, { alpha = 1, max_queries = 2 })
assert(narrow.queries == 2)
local first = nodes[#nodes].addr
local _, from = dht.find_node(target, { start = { first }, timeout = 1 })
assert(from.path[1].addr == first and from.path[1].hop == 0)

-- get_peers: nobody is an empty list; whoever announces is found.
local hash = id.sha1("walk.lua")
local none, quiet = dht.get_peers(hash)
assert(#none == 0 and quiet.replies > 0)
local stored, announced = dht.announce_peer(hash, 7001)
check("all closest nodes take the announce", stored == 8, stored)
assert(announced.queries >= 16 and announced.replies >= 16)
local peers = dht.get_peers(hash)
check("one peer", #peers == 1, #peers)
assert(peers[1]:match(":7001$"), peers[1])

-- Without a port: the one that the node itself uses.
local implied = id.sha1("implied")
assert(dht.announce_peer(implied) > 0)
assert(dht.get_peers(implied)[1] == dht.addr, dht.addr)

-- on_reply sees each reply, and may block.
local heard = 0
local _, t = dht.get_peers(hash, { on_reply = function(reply)
  heard = heard + 1
  assert(is_id(reply.id) and is_addr(reply.addr) and reply.rtt > 0 and reply.raw.id == id.raw(reply.id))
  sleep(0.001)
end })
check("each reply is heard", heard == t.replies, heard .. " of " .. t.replies)

-- An error in it ends the walk, at the caller.
local calls = 0
raises("walk.lua:80: enough", function()
  dht.find_node(id.random(), { on_reply = function()
    calls = calls + 1
    error("enough")
  end })
end)
assert(calls == 1)

-- bootstrap
local known = dht.bootstrap()
assert(known >= 8 and known == #dht.table)
assert(dht.bootstrap({ nodes[1].addr }) >= known)

-- Nobody answers, nobody to ask.
local lonely = dht.open{ bootstrap = false }
local list, err = lonely:find_node(target)
assert(list == nil and err.kind == "unreachable" and tostring(err):find("no node to ask"), tostring(err))
assert(lonely:get_peers(hash) == nil and lonely:announce_peer(hash, 1) == nil and lonely:bootstrap() == nil)
local dead = dht.open{ bootstrap = false }
local gone = dead.addr
dead:close()
list, err = lonely:find_node(target, { start = { gone }, timeout = 0.3 })
assert(list == nil and err.kind == "timeout", tostring(err))
lonely:close()

-- Misuse.
raises("walk.lua:104: bad argument #1 to 'find_node' (info-hash or id expected: 40 hex digits, got \"abc\")",
  function() dht.find_node("abc") end)
raises("bad argument #2 to 'announce_peer' (integer 1 to 65535 expected, got 0)", function() dht.announce_peer(hash, 0) end)
raises("unknown option 'alfa' in get_peers (did you mean 'alpha'?)", function() dht.get_peers(hash, { alfa = 1 }) end)
raises("option 'alpha' of get_peers: integer 1 to 100 expected, got \"x\"", function() dht.get_peers(hash, { alpha = "x" }) end)
raises("option 'timeout' of find_node", function() dht.find_node(hash, { timeout = -1 }) end)
raises("option 'start' of find_node: list of addresses", function() dht.find_node(hash, { start = { "here" } }) end)
raises("option 'on_reply' of find_node: function expected, got 3", function() dht.find_node(hash, { on_reply = 3 }) end)
raises("unknown function 'dht.find_nodes' (did you mean 'find_node'?)", function() dht.find_nodes(hash) end)
raises("called with a dot, not with a colon", function() dht:find_node(hash) end)
