local argparse = require "argparse"
local parser = argparse("scan", "Scans a network."):epilog("That is all.")
parser:argument("input", "Input file.")
parser:argument("rest"):args "*"
parser:option("-o --output", "Output file.", "a.out")
parser:option("-I --include", "Include locations."):count("*")
parser:option("-n --number"):convert(tonumber)
parser:option("--level"):choices { "low", "high" }
parser:flag("-v --verbose"):count "0-2":target "verbosity"
parser:flag("-q --quiet")
print(parser:get_usage())
print(parser:get_help())
local function show(t)
  local keys = {}
  for k in pairs(t) do keys[#keys + 1] = k end
  table.sort(keys)
  for _, k in ipairs(keys) do
    local v = t[k]
    if type(v) == "table" then v = "{" .. table.concat(v, ",") .. "}" end
    io.write(k, "=", tostring(v), " ")
  end
  print()
end
show(parser:parse { "foo" })
show(parser:parse { "foo", "a", "b", "-o", "out", "-Isrc", "-I", "lib", "-vv", "-n", "0x10", "--level=high", "-q" })
print(parser:pparse {})
print(parser:pparse { "x", "-z" })
print(parser:pparse { "x", "-n", "abc" })
print(parser:pparse { "x", "--level", "mid" })
print(parser:pparse { "x", "--outptu", "y" })
print(parser:pparse { "x", "-vvv", "-z" })
local git = argparse "git"
git:command_target "command"
local add = git:command "add a":summary "Adds."
add:argument("paths"):args "+"
git:command "commit":option "-m":args(1)
show(git:parse { "add", "x", "y" })
show(git:parse { "commit", "-m", "text" })
print(git:pparse { "psuh" })
print(git:get_help())
