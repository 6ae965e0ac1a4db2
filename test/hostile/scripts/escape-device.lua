-- exit: 0
-- stdout: ^closed$

-- What would never end, or is no file, is not opened.
for _, path in ipairs{"/dev/zero", "/dev/stdin", "/dev/tty", "/proc/self/mem", "/dev/fd/0", "."} do
  assert(io.open(path) == nil, path)
end
print("closed")
