-- exit: 5
-- memory: 142MB
-- flags: --max-memory 100MiB --max-busy 20s
-- stderr: bomb-errors.lua:\d+: over the limit of 100 MiB of memory

local function grow(e)
  local ok, why = pcall(error, e .. e)
  return grow(why)
end
grow("bad argument #1 to x (")
