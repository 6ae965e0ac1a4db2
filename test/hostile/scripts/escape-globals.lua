-- exit: 0
-- stdout: ^nothing there$

local names = {
  "dofile", "loadfile", "_printregs", "channel", "io.popen", "io.tmpfile", "io.output",
  "os.execute", "os.exit", "os.getenv", "os.remove", "os.rename", "os.tmpname", "os.setlocale",
  "package.loadlib", "package.loaders", "debug.debug", "debug.getregistry", "debug.getfenv", "debug.setfenv",
  "debug.getlocal", "debug.setlocal", "debug.getupvalue", "debug.setupvalue",
}
for _, name in ipairs(names) do
  assert(loadstring("local ok, v = pcall(function() return " .. name .. " end) return not ok or v == nil")(), name)
end
assert(not pcall(string.dump, function() end) and not pcall(debug.sethook, print, "l"))
local count = collectgarbage("count")
local used = ("x"):rep(1e6)
assert(collectgarbage("count") == count and #used == 1e6)
print("nothing there")
