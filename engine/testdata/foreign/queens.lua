-- Queens, with a loop and with coroutines.
local function queens(n)
  local rows, up, down, count, first = {}, {}, {}, 0, nil
  local place = {}
  local function try(column)
    if column > n then
      count = count + 1
      first = first or table.concat(place, " ")
      return
    end
    for row = 1, n do
      local a, b = row + column, row - column + n
      if not rows[row] and not up[a] and not down[b] then
        rows[row], up[a], down[b], place[column] = true, true, true, row
        try(column + 1)
        rows[row], up[a], down[b] = nil, nil, nil
      end
    end
  end
  try(1)
  return count, first
end
for n = 1, 8 do print(n, queens(n)) end

local function solutions(n)
  local place = {}
  local function free(column, row)
    for c, r in ipairs(place) do
      if c < column and (r == row or r - c == row - column or r + c == row + column) then return false end
    end
    return true
  end
  local function step(column)
    if column > n then coroutine.yield(place) return end
    for row = 1, n do
      if free(column, row) then place[column] = row step(column + 1) place[column] = nil end
    end
  end
  return coroutine.wrap(function() step(1) end)
end
for p in solutions(6) do
  for _, row in ipairs(p) do io.write(("."):rep(row - 1), "Q", ("."):rep(6 - row), "\n") end
  print(table.concat(p, ","))
end
