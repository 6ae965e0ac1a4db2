-- exit: 0
-- stdout: ^calm$

-- Tables that do things when they are looked at.
local trap = setmetatable({}, {
  __index = function() error("looked at") end, __len = function() return 1e9 end, __pairs = function() return error end,
  __tostring = function() return {} end, __eq = error, __lt = error, __concat = error, __call = error, __newindex = error,
})
for name, f in pairs(dht.rpc) do pcall(f, trap, trap, trap, trap, trap) end
for _, name in ipairs{"find_node", "get_peers", "announce_peer", "get", "put", "scrape", "bootstrap", "open", "on"} do
  pcall(dht[name], trap, trap, trap)
  pcall(dht[name], dht.id, trap)
end
for _, lib in ipairs{id, json, bencode, hex, key, task, table, string, math, os} do
  for name, f in pairs(lib) do
    if type(f) == "function" and f ~= task.sleep then pcall(task.timeout, 0.05, f, trap, trap, trap) end
  end
end
print("calm")
