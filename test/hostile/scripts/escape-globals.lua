-- exit: 0
-- stdout: ^nothing there$

local names = {
  "debug", "package", "module", "dofile", "loadfile", "newproxy", "_printregs", "channel", "io.popen", "io.tmpfile", "io.output",
  "os.execute", "os.exit", "os.getenv", "os.remove", "os.rename", "os.tmpname", "os.setlocale", "string.dump",
}
for _, name in ipairs(names) do
  assert(loadstring("local ok, v = pcall(function() return " .. name .. " end) return not ok or v == nil")(), name)
end
assert(collectgarbage("count") == 0)
print("nothing there")
