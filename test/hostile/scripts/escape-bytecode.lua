-- exit: 0
-- stdout: ^text only$

assert(not pcall(string.dump, function() end))
for _, text in ipairs{"\27Lua", "\27LJ\1", "\27Lua\81\0\1\4\8\4\8\0" .. ("\0"):rep(100), ("\255"):rep(1000)} do
  local f, why = load(text)
  assert(f == nil and why)
end
print("text only")
