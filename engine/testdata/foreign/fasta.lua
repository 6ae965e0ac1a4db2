-- Random sequences with given frequencies, and what k-nucleotide asks of one.
local seed = 42
local function random(max)
  seed = (seed * 3877 + 29573) % 139968
  return max * seed / 139968
end
local function cumulative(list)
  local sum = 0
  for _, item in ipairs(list) do sum = sum + item[2] item[3] = sum end
  return list
end
local function pick(list)
  local r = random(1)
  for _, item in ipairs(list) do if r < item[3] then return item[1] end end
  return list[#list][1]
end
local iub = cumulative { { "a", 0.27 }, { "c", 0.12 }, { "g", 0.12 }, { "t", 0.27 }, { "B", 0.02 }, { "D", 0.02 }, { "H", 0.02 }, { "K", 0.02 }, { "M", 0.02 }, { "N", 0.02 }, { "R", 0.02 }, { "S", 0.02 }, { "V", 0.02 }, { "W", 0.02 }, { "Y", 0.02 } }
local homo = cumulative { { "a", 0.3029549426680 }, { "c", 0.1979883004921 }, { "g", 0.1975473066391 }, { "t", 0.3015094502008 } }
local function sequence(name, list, n)
  io.write(">", name, "\n")
  local out = {}
  for i = 1, n do
    out[#out + 1] = pick(list)
    if i % 60 == 0 or i == n then out[#out + 1] = "\n" end
  end
  local text = table.concat(out)
  io.write(text)
  return (text:gsub("\n", ""))
end
sequence("two", iub, 300)
local dna = sequence("three", homo, 2000):upper()
for k = 1, 2 do
  local count = {}
  for i = 1, #dna - k + 1 do
    local frame = dna:sub(i, i + k - 1)
    count[frame] = (count[frame] or 0) + 1
  end
  local frames = {}
  for frame in pairs(count) do frames[#frames + 1] = frame end
  table.sort(frames, function(a, b) return count[a] > count[b] or count[a] == count[b] and a < b end)
  for _, frame in ipairs(frames) do print(("%s %.3f"):format(frame, count[frame] * 100 / (#dna - k + 1))) end
end
for _, word in ipairs { "GGT", "GGTA", "GGTATT" } do print(select(2, dna:gsub(word, "")), word) end
local complement = { A = "T", C = "G", G = "C", T = "A" }
print((dna:sub(1, 70):reverse():gsub("%a", complement)))
local variants = { "agg[cgt]aa", "gg[ac]t", "t[^a]ta", "cc?g", "a.-t" }
for _, v in ipairs(variants) do print(v, select(2, dna:lower():gsub(v, ""))) end
