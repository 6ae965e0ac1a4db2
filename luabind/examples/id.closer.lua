local target = id.sha1("a torrent")
local ids = { id.flip(target, 3), id.flip(target, 40), id.flip(target, 0) }
table.sort(ids, function(a, b) return id.closer(target, a, b) end)
for _, one in ipairs(ids) do print(id.common_prefix(target, one)) end
--> 40
--> 3
--> 0
