local target = assert(dht.put({ title = "A note", lines = { "one", "two" } }))
local note, info = assert(dht.get(target))
print(note.title, #note.lines)                       --> A note	2

local holders = 0
for _, node in ipairs(info.nodes) do
  if node.outcome == "found" then holders = holders + 1 end
end
print(holders)                                       --> 8
print(dht.get(id.sha1("what nobody ever put")) == nil)  --> true
