-- Many small tables, made and thrown away.
local function make(depth)
  if depth == 0 then return {} end
  return { make(depth - 1), make(depth - 1) }
end
local function count(tree)
  if not tree[1] then return 1 end
  return 1 + count(tree[1]) + count(tree[2])
end
local least, most = 4, 9
print("stretch", most + 1, count(make(most + 1)))
local kept = make(most)
for depth = least, most, 2 do
  local rounds, sum = 2 ^ (most - depth + least), 0
  for _ = 1, rounds do sum = sum + count(make(depth)) end
  print(rounds, depth, sum)
end
print("kept", most, count(kept))
