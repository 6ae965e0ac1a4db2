-- exit: 5
-- stderr: hang-task.lua:\d+: over the limit of 1s without a blocking call

spawn(function()
  while true do end
end)
dht.serve(1e9)
