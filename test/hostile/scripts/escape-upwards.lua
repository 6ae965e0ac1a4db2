-- exit: 1
-- stderr: cannot read "../x": not granted to this script: write ".*/x", and run with --allow-read 

for _, path in ipairs{"../../../../../../etc/passwd", "./../x", "x/../../y", "..", "/../etc/passwd", "/proc/self/environ", "\0/etc/passwd"} do
  local f, why = io.open(path)
  assert(f == nil, path)
  f = io.open(path, "w")
  assert(f == nil, path)
  assert(pcall(io.lines, path) == false, path)
end
assert(io.open("../x"))
