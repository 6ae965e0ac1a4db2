-- The reference: runs the programs that come on standard input, each in an environment of its own, and writes what they
-- print, then a mark. A program comes as a line with its length and a word, and its text. With the word "again", all that
-- may come out otherwise does: pairs goes backwards, random numbers are others, and what lightdht takes beyond Lua 5.1 is
-- taken.
local prelude_length = io.read("*n", "*l")
local prelude = io.read(prelude_length)
local io, debug, pcall, pairs, type, tostring, setfenv, loadstring, randomseed, select, table, string, unpack, error =
  io, debug, pcall, pairs, type, tostring, setfenv, loadstring, math.randomseed, select, table, string, unpack, error
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

local again = {}

function again.pairs(t)
  local keys = {}
  for k in pairs(t) do
    keys[#keys + 1] = k
  end
  local i = #keys + 1
  return function()
    i = i - 1
    return keys[i], t[keys[i]]
  end
end

function again.assert(v, message, ...)
  if not v then
    error(message, 0)
  end
  return v, message, ...
end

local format = string.format

local function anything(s, ...)
  local list = {...}
  for i = 1, select("#", ...) do
    if type(list[i]) ~= "number" then
      list[i] = tostring(list[i]):gsub("%z", "zero")
    end
  end
  return format(s, unpack(list, 1, select("#", ...)))
end

local function run(source, differently)
  local env = environment()
  setfenv(0, env)
  randomseed(differently and 2 or 1)
  originals.string.format = format
  if differently then
    for name, f in pairs(again) do
      env[name] = f
    end
    originals.string.format = anything
    env.os.time = nil
  end
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
  return "error", "not a string"
end

io.stdout:setvbuf("full")
while true do
  local length, word = io.read("*n", "*l")
  if not length then
    break
  end
  local ending, message = run(io.read(length), word == " again")
  io.write("\0END ", ending, " ", #message, "\n", message, "\n")
  io.flush()
end
