-- A call that blocks, in every place from which Lua can call a function. ping(x) waits and returns "pong:" .. x.
-- Five other tasks interleave with each case.
local places = {
  {"plain", "pong:x", function() return (ping("x")) end},
  {"pcall", "truepong:xpong:y", function()
    local ok, a = pcall(function() return (ping("x")) end)
    return tostring(ok) .. a .. ping("y")
  end},
  {"pcall of the function itself", "truepong:x", function() local ok, a = pcall(ping, "x"); return tostring(ok) .. a end},
  {"xpcall and its handler", "falsepong:E", function()
    local ok, a = xpcall(function() ping("x"); error("E", 0) end, function(e) return ping(e) end)
    return tostring(ok) .. a
  end},
  {"iterator in Lua", "pong:3", function()
    local n, last = 0, nil
    for v in function() n = n + 1; if n < 4 then return (ping(n)) end end do last = v end
    return last
  end},
  {"iterator in Go", "pong:s", function()
    local n = 0
    for v in ping, "s" do n = n + 1; if n == 3 then return v end end
  end},
  {"body of pairs", "pong:apong:b", function()
    local all = ""
    for k in pairs({a = 1, b = 2}) do all = all .. ping(k) end
    return all
  end},
  {"sort comparator", "1,2,3,5,9", function()
    local t = {3, 1, 2, 9, 5}
    table.sort(t, function(a, b) ping("s"); return a < b end)
    return table.concat(t, ",")
  end},
  {"__index", "pong:foo", function()
    return setmetatable({}, {__index = function(_, k) return (ping(k)) end}).foo
  end},
  {"__newindex", "pong:foo", function()
    local seen
    setmetatable({}, {__newindex = function(_, k) seen = ping(k) end}).foo = 1
    return seen
  end},
  {"__add", "pong:add", function() return setmetatable({}, {__add = function() return (ping("add")) end}) + 1 end},
  {"__concat", "pong:c", function() return setmetatable({}, {__concat = function() return (ping("c")) end}) .. "z" end},
  {"__eq", "true", function()
    local m = {__eq = function() ping("e"); return true end}
    return tostring(setmetatable({}, m) == setmetatable({}, m))
  end},
  {"__lt", "true", function()
    local m = {__lt = function() ping("l"); return true end}
    return tostring(setmetatable({}, m) < setmetatable({}, m))
  end},
  {"__tostring", "pong:ts", function() return tostring(setmetatable({}, {__tostring = function() return (ping("ts")) end})) end},
  {"__call", "pong:q", function() return (setmetatable({}, {__call = function(_, a) return (ping(a)) end})("q")) end},
  {"__pairs", "pong:p", function()
    local t = setmetatable({}, {__pairs = function() local v = ping("p"); return function(_, k) if not k then return v end end end})
    for k in pairs(t) do return k end
  end},
  {"gsub callback", "pong:apong:b", function() return (string.gsub("ab", ".", function(c) return (ping(c)) end)) end},
  {"format's tostring", "pong:f!", function()
    return string.format("%s!", setmetatable({}, {__tostring = function() return (ping("f")) end}))
  end},
  {"coroutine.wrap", "pong:xpong:y", function()
    local f = coroutine.wrap(function() coroutine.yield((ping("x"))); return (ping("y")) end)
    local a = f()
    return a .. f()
  end},
  {"coroutine.create", "pong:1pong:2dead", function()
    local co = coroutine.create(function(a) local b = coroutine.yield((ping(a))); return (ping(b)) end)
    local _, a = coroutine.resume(co, 1)
    local _, b = coroutine.resume(co, 2)
    return a .. b .. coroutine.status(co)
  end},
  {"wrap in pcall in sort", "pong:d1", function()
    local f = coroutine.wrap(function() while true do local _, v = pcall(ping, "d"); coroutine.yield(v) end end)
    local t, x = {2, 1}, nil
    table.sort(t, function(a, b) x = f(); return a < b end)
    return x .. t[1]
  end},
  {"tail call", "pong:t", function() local function f(x) return ping(x) end; return (f("t")) end},
  {"loaded text", "pong:l", function() return (load("return (ping('l'))")()) end},
  {"reader of load", "5", function()
    local n = 0
    return tostring(load(function() n = n + 1; ping(n); return ({"return ", "5"})[n] end)())
  end},
  {"task.map", "pong:1pong:2", function() return table.concat(task.map({1, 2}, function(x) return (ping(x)) end)) end},
  {"task.timeout", "pong:t", function() return (task.timeout(100, ping, "t")) end},
  {"a task in a task", "pong:i", function()
    return (spawn(function() return (spawn(ping, "i"):wait()) end):wait())
  end},
}

local function noise()
  for i = 1, 20 do
    local co = coroutine.wrap(function()
      sleep(0.003)
      assert(coroutine.running(), "running")
      coroutine.yield(1)
    end)
    assert(co() == 1, "wrap")
    sleep(0.004)
  end
end

local failures = 0
for _, place in ipairs(places) do
  local name, want, body = place[1], place[2], place[3]
  local others = {}
  for i = 1, 5 do others[i] = spawn(noise) end
  local got, err = spawn(body):wait()
  if got ~= want then
    failures = failures + 1
    print(name, "got", got, err, "want", want)
  end
  for _, t in ipairs(others) do
    local _, err = t:wait()
    if err then failures = failures + 1; print(name, "other task:", err) end
  end
end
print(#places .. " places, " .. failures .. " failures")
