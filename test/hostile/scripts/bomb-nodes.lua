-- exit: 5
-- flags: --max-nodes 5
-- stderr: bomb-nodes.lua:\d+: over the limit of 5 open nodes \(--max-nodes\)$

local all = {}
while true do all[#all + 1] = dht.open{bootstrap = false} end
