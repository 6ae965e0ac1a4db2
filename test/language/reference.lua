-- The reference: runs the programs that come on standard input, each in an environment of its own, and writes what they
-- print, then a mark. A program comes as a line with its length and a word, and its text. With the word "again", all that
-- may come out otherwise does: pairs goes backwards, and random numbers are others.
local prelude_length = io.read("*n", "*l")
local prelude = io.read(prelude_length)
local io, debug, pcall, pairs, type, tostring, setfenv, loadstring, randomseed =
  io, debug, pcall, pairs, type, tostring, setfenv, loadstring, math.randomseed
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

local function backwards(t)
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

local function run(source, again)
  local env = environment()
  setfenv(0, env)
  randomseed(again and 2 or 1)
  if again then
    env.pairs = backwards
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
  return "error", "a " .. type(e) .. " value"
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
