-- The reference: runs the programs that come on standard input, each in an environment of its own, and writes what they
-- print, then a mark. A program comes as a line with its length, and its text.
local prelude_length = io.read("*n", "*l")
local prelude = io.read(prelude_length)
local io, debug, pcall, pairs, type, tostring, setfenv, loadstring, collectgarbage =
  io, debug, pcall, pairs, type, tostring, setfenv, loadstring, collectgarbage
local originals = {}
for name, value in pairs(_G) do
  originals[name] = value
end

local function environment()
  local env = {}
  for name, value in pairs(originals) do
    if type(value) == "table" and value ~= _G then
      local copy = {}
      for k, v in pairs(value) do
        copy[k] = v
      end
      value = copy
    end
    env[name] = value
  end
  env._G = env
  env.string = originals.string -- strings find their methods there
  return env
end

local limit = 3000000 -- instructions; more than any program needs that ends

local function run(source)
  setfenv(0, environment())
  loadstring(prelude, "=prelude")()
  local f, message = loadstring(source, "=p")
  if not f then
    return "syntax", message
  end
  local over
  debug.sethook(function()
    over = true
    debug.sethook(function() error("over the limit", 0) end, "", 1)
    error("over the limit", 0)
  end, "", limit)
  local ok, e = pcall(f)
  debug.sethook()
  if over then
    return "limit", ""
  elseif ok then
    return "done", ""
  elseif type(e) == "string" or type(e) == "number" then
    return "error", tostring(e)
  end
  return "error", "a " .. type(e) .. " value"
end

io.stdout:setvbuf("full")
while true do
  local length = io.read("*n", "*l")
  if not length then
    break
  end
  local ending, message = run(io.read(length))
  io.write("\0END ", ending, " ", #message, "\n", message, "\n")
  io.flush()
end
