-- Heapsort, quicksort, mergesort, the library's sort: they agree.
local seed = 42
local function random(n) seed = (seed * 16807) % 2147483647 return seed % n + 1 end
local function heapsort(a)
  local n = #a
  local function sift(low, high)
    local root = low
    while root * 2 <= high do
      local child = root * 2
      if child < high and a[child] < a[child + 1] then child = child + 1 end
      if a[root] >= a[child] then return end
      a[root], a[child] = a[child], a[root]
      root = child
    end
  end
  for i = math.floor(n / 2), 1, -1 do sift(i, n) end
  for i = n, 2, -1 do a[1], a[i] = a[i], a[1] sift(1, i - 1) end
end
local function quicksort(a, low, high)
  low, high = low or 1, high or #a
  if low >= high then return end
  local pivot, i, j = a[math.floor((low + high) / 2)], low, high
  repeat
    while a[i] < pivot do i = i + 1 end
    while a[j] > pivot do j = j - 1 end
    if i <= j then a[i], a[j] = a[j], a[i] i, j = i + 1, j - 1 end
  until i > j
  quicksort(a, low, j)
  quicksort(a, i, high)
end
local function mergesort(a)
  if #a < 2 then return a end
  local half, left, right, out = math.floor(#a / 2), {}, {}, {}
  for i, v in ipairs(a) do if i <= half then left[#left + 1] = v else right[#right + 1] = v end end
  left, right = mergesort(left), mergesort(right)
  local i, j = 1, 1
  while i <= #left or j <= #right do
    if j > #right or i <= #left and left[i] <= right[j] then out[#out + 1], i = left[i], i + 1 else out[#out + 1], j = right[j], j + 1 end
  end
  return out
end
local function fresh(n) local a = {} for i = 1, n do a[i] = random(1000) / 8 end return a end
local function copy(a) return { unpack(a) } end
local base = fresh(1000)
local h, q, m, t = copy(base), copy(base), mergesort(copy(base)), copy(base)
heapsort(h) quicksort(q) table.sort(t)
for i = 1, #base do assert(h[i] == q[i] and q[i] == m[i] and m[i] == t[i], i) end
print(table.concat(t, " ", 1, 40))
table.sort(t, function(a, b) return a % 7 < b % 7 end)
print(table.concat(t, " "))
