-- Conway's game on a torus.
local Board = {}
Board.__index = Board
function Board.new(w, h) local b = setmetatable({ w = w, h = h }, Board) for y = 1, h do b[y] = {} for x = 1, w do b[y][x] = 0 end end return b end
function Board:spawn(pattern, left, top)
  local y = 0
  for line in pattern:gmatch "[^\n]+" do
    for x = 1, #line do if line:sub(x, x) == "O" then self[top + y][left + x - 1] = 1 end end
    y = y + 1
  end
end
function Board:next()
  local n = Board.new(self.w, self.h)
  local ym1, y, yp1 = self.h - 1, self.h, 1
  for _ = 1, self.h do
    local xm1, x, xp1 = self.w - 1, self.w, 1
    for _ = 1, self.w do
      local sum = self[ym1][xm1] + self[ym1][x] + self[ym1][xp1] + self[y][xm1] + self[y][xp1] + self[yp1][xm1] + self[yp1][x] + self[yp1][xp1]
      n[y][x] = (sum == 2 and self[y][x]) or (sum == 3 and 1) or 0
      xm1, x, xp1 = x, xp1, xp1 + 1
    end
    ym1, y, yp1 = y, yp1, yp1 + 1
  end
  return n
end
function Board:show()
  local out = {}
  for y = 1, self.h do
    for x = 1, self.w do out[#out + 1] = self[y][x] > 0 and "O" or "-" end
    out[#out + 1] = "\n"
  end
  return table.concat(out)
end
local b = Board.new(24, 12)
b:spawn(".O.\n..O\nOOO", 3, 3)
b:spawn("OO.\n.OO\n.O.", 15, 5)
b:spawn("OOO", 8, 9)
for generation = 1, 30 do
  if generation % 10 == 1 then print(generation) io.write(b:show()) end
  b = b:next()
end
