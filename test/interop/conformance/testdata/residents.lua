-- Opens nodes of ours that stay, at the addresses that are the arguments; each joins through the node of this run.
for _, addr in ipairs(arg) do
  assert(dht.open{ addr = addr, bootstrap = { dht.addr } })
end
print("open")
dht.serve()
