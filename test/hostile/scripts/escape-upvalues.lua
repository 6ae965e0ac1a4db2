-- exit: 0
-- stdout: ^still here$

-- The functions of the host have no environment and no upvalues that a script can reach.
for _, f in ipairs{print, pcall, dht.find_node, dht.rpc.ping, task.spawn, getmetatable, string.find} do
  pcall(setfenv, f, {})
  assert(getfenv(f) == _G or getfenv(f) ~= nil)
end
assert(pcall(tostring, "") and type(dht.find_node(dht.id)) == "table")
print("still here")
