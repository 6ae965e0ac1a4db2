local width, height, limit = 64, 40, 50
local bits = {}
for y = 0, height - 1 do
  local line, byte = {}, 0
  for x = 0, width - 1 do
    local cr, ci, zr, zi, n = 2 * x / width - 1.5, 2 * y / height - 1, 0, 0, 0
    while n < limit and zr * zr + zi * zi <= 4 do
      zr, zi, n = zr * zr - zi * zi + cr, 2 * zr * zi + ci, n + 1
    end
    line[#line + 1] = n == limit and "#" or (" .:-=+*"):sub(n % 7 + 1, n % 7 + 1)
    byte = byte * 2 + (n == limit and 1 or 0)
    if x % 8 == 7 then bits[#bits + 1] = string.char(byte) byte = 0 end
  end
  print(table.concat(line))
end
local sum = 0
for i, b in ipairs(bits) do sum = (sum * 31 + b:byte()) % 65521 end
print(#bits, sum)
