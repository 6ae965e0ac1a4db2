-- exit: 0
-- stdout: ^unharmed$

-- The host does not use what a script can replace.
local G, find_node, id, out = _G, dht.find_node, dht.id, io.stdout
for _, lib in ipairs{"string", "table", "math", "coroutine", "os", "task", "json", "dht"} do
  for name in pairs(_G[lib]) do
    if type(_G[lib]) == "table" then pcall(rawset, _G[lib], name, function() error("poisoned " .. name) end) end
  end
end
for name in pairs(G) do G[name] = nil end
local list = find_node(id)
out:write(#list > 0 and "unharmed\n" or "harmed\n")
