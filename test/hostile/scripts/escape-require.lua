-- exit: 0
-- stdout: ^not found$

for _, name in ipairs{"../escape", "/etc/passwd", "..", "", "a/b", "a\\b", ".", "a..b", "socket", "ffi", "\0", ("a."):rep(1e5) .. "a"} do
  local ok, why = pcall(require, name)
  assert(not ok and #tostring(why) > 0, name)
end
print("not found")
