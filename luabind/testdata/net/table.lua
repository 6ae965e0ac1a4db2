-- dht.table: every node ever heard of, as a dictionary.

local function raises(want, fn, ...)
  local ok, err = pcall(fn, ...)
  assert(not ok, "no error, but expected: " .. want)
  assert(tostring(err):find(want, 1, true), "got: " .. tostring(err) .. "\nwant: " .. want)
end

assert(#dht.find_node(dht.id) == 8)
local t = dht.table
assert(t == dht.table and #t >= 8)

-- pairs: each one once, with its entry, in the order first heard.
local ids, last = {}, -math.huge
for nid, n in pairs(t) do
  assert(n.id == nid and not ids[nid] and n.first_seen >= last)
  last = n.first_seen
  ids[nid] = true
  ids[#ids + 1] = nid
end
assert(#ids == #t and #ids == t:count())

-- each: the same, and no more than max.
local count = 0
for nid in t:each{ max = 3 } do
  count = count + 1
  assert(nid == ids[count])
end
assert(count == 3)
count = 0
for _ in t:each{ max = 1e6 } do count = count + 1 end
assert(count == #t)

-- Entries.
local me = dht.find_node(id.random())[1]
local now = task.now()
local e = t[me.id]
assert(e.id == me.id and e.addr == me.addr and e.ip .. ":" .. e.port == e.addr)
assert(e.status == "good" and e.version == "LD\0\1" and e.rtt > 0 and e.rtt < 4)
assert(e.queries >= e.replies and e.replies >= 1 and e.failures == 0)
assert(e.first_seen <= e.last_reply and e.last_reply <= e.last_seen and e.last_seen <= now + 0.01)
assert(t[id.raw(me.id)].id == me.id, "raw ids do as well")
assert(t[me.id:upper()].id == me.id)
assert(t[id.random()] == nil)

-- add and remove. What was never heard from has no times of replies.
local stranger, addr = id.random(), "127.9.9.9:999"
assert(t:add(addr, stranger) == true and t:add(addr, stranger) == false)
e = t[stranger]
assert(e.addr == addr and e.status == "unverified" and e.rtt == nil and e.last_reply == nil and e.version == nil)
assert(e.replies == 0 and e.queries == 0)
assert(t:add(addr, dht.id) == false, "a node is not in its own table")
assert(t:closest(stranger, 1)[1].id == stranger)
assert(t:remove(stranger) == true and t:remove(stranger) == false and t[stranger] == nil)

-- closest: nearest first.
local target = id.random()
local near = t:closest(target)
assert(#near == 8 and #t:closest(target, 3) == 3 and #t:closest(target, 0) == 0 and #t:closest(target, 1e6) == #t)
for i = 2, #near do assert(id.closer(target, near[i - 1].id, near[i].id)) end
local nearest = {}
for _, n in ipairs(near) do nearest[n.id] = true end
for nid in pairs(t) do assert(nearest[nid] or id.closer(target, near[8].id, nid)) end

-- sorted: by a field or a function; nil last; the first n.
local by_rtt = t:sorted("rtt")
assert(#by_rtt == #t)
for i = 2, #by_rtt do
  local a, b = by_rtt[i - 1].rtt, by_rtt[i].rtt
  assert(b == nil or a and a <= b, "not sorted by rtt")
end
assert(#t:sorted("id", 2) == 2 and t:sorted("id")[1].id < t:sorted("id")[2].id)
local by_distance = t:sorted(function(n) return id.distance(target, n.id) end, 4)
for i = 1, 4 do assert(by_distance[i].id == near[i].id) end
local equal = t:sorted(function() return 1 end)
for i, n in ipairs(equal) do assert(n.id == ids[i] or #ids ~= #t, "not stable") end
local halves = t:sorted(function(n) if n.port % 2 == 0 then return n.port end end)
assert(#halves == #t)
raises("the function returned both", function()
  local i = 0
  t:sorted(function() i = i + 1; if i == 1 then return nil end return i % 2 == 0 and 1 or "one" end)
end)
raises("the function returned a table", function() t:sorted(function() return {} end) end)
raises("unknown field 'rt' (did you mean 'rtt'?)", function() t:sorted("rt") end)
raises("bad argument #1 to 'sorted'", function() t:sorted() end)

-- count, filter, sample.
local good = t:count("good")
assert(good >= 8 and good == t:count(function(n) return n.status == "good" end))
assert(t:count("good") + t:count("questionable") + t:count("bad") + t:count("unverified") == #t)
assert(#t:filter(function(n) return n.status == "good" end) == good)
assert(#t:filter(function() end) == 0)
local sample, twice = t:sample(5), {}
assert(#sample == 5 and #t:sample(0) == 0 and #t:sample(1e6) == #t)
for _, n in ipairs(sample) do
  assert(not twice[n.id] and t[n.id])
  twice[n.id] = true
end
raises("unknown status 'god' (did you mean 'good'?)", function() t:count("god") end)

-- save and load: into another node, where they have yet to answer.
local saved = assert(t:save("nodes.jsonl"))
assert(saved == #t)
local n = dht.open{ bootstrap = false }
assert(#n.table == 0)
local loaded = assert(n.table:load("nodes.jsonl"))
check("what was saved is loaded", loaded >= saved - 1 and loaded <= saved, loaded .. " of " .. saved)
assert(n.table:count("unverified") == #n.table and n.table:load("nodes.jsonl") == 0)
local twin = n.table[me.id]
assert(twin.addr == me.addr and twin.version == "LD\0\1" and math.abs(twin.rtt - t[me.id].rtt) < 4)
assert(#n:find_node(target) == 8, "a loaded table is enough to begin with")
n:close()
local none, err = t:load("no such file")
assert(none == nil and err.kind == "not_found", tostring(err))
none, err = t:save("/forbidden")
assert(none == nil and tostring(err):find("not granted"), tostring(err))
local f = io.open("broken.jsonl", "w")
f:write("not a table\n")
f:close()
none, err = t:load("broken.jsonl")
assert(none == nil and err.kind == "malformed" and tostring(err):find('"broken.jsonl": line 1: ', 1, true), tostring(err))

-- Loops whose body blocks and changes the table: everyone who was there when
-- the loop began and still is.
local was, count = #t, 0
local late = {}
for nid in pairs(t) do
  assert(not late[nid], "pairs visits nobody who came later")
  count = count + 1
  if count % 2 == 1 then
    local new = id.random()
    t:add("127.9.9.9:" .. count, new)
    late[new] = true
    late[#late + 1] = new
  end
  if count == 1 then -- the last of those who were there will not be met
    local order = {}
    for other in pairs(t) do order[#order + 1] = other end
    assert(t:remove(order[#order - 1]))
  end
  sleep(0.002)
end
check("pairs", count == was - 1, count .. " visited, " .. was .. " at first, 1 removed")
for _, nid in ipairs(late) do t:remove(nid) end

-- each: also those who come during the loop.
was, count = #t, 0
for nid, entry in t:each() do
  count = count + 1
  assert(entry.id == nid)
  if count <= 3 then t:add("127.9.9.9:" .. count, id.random()) end
  if count % 10 == 0 then dht.rpc.ping(me.addr) end
end
check("each", count >= was + 3, count .. " visited, " .. was .. " at first")

-- Misuse.
raises("dht.table cannot be assigned to: use dht.table:add(addr, id) and dht.table:remove(id)", function() t[target] = {} end)
raises("use dht.table:add", function() t.foo = 1 end)
raises("unknown method 'Table:closests' (did you mean 'closest'?)", function() t:closests(target) end)
raises("dht.table is a dictionary by id (40 hex digits), got 1", function() return t[1] end)
raises("'closest' is a method: call it with a colon", function() t.closest(target) end)
raises("bad argument #1 to 'closest' (info-hash or id expected", function() t:closest("x") end)
raises("bad argument #1 to 'add' (an address of the network of", function() t:add("[2001:db8::1]:1", target) end)
raises("bad argument #1 to 'sample' (integer", function() t:sample() end)
raises("bad argument #1 to 'filter' (function expected", function() t:filter("good") end)
