-- Draw how lookups close in on their targets: lightdht run examples/14-picture.lua > lookups.svg
local params = experiment{
  title = "Picture",
  description = "Makes lookups for random points and prints a picture, as SVG: when each node answered, and how near to the target it is.",
  params = { lookups = 100, width = 760, height = 300 },
  network = { nodes = 10000 },
}
assert(sim, "this is for simulated networks: run it without --join")

-- One dot for each answer: seconds since the lookup began, bits of the id that are the target's, hops from the start.
local dots, slowest, nearest, hops = {}, 0, 0, 0
for i = 1, params.lookups do
  local target = id.random()
  local _, trace = assert(sim.node(i):find_node(target))
  for _, step in ipairs(trace.path) do
    if step.rtt then
      local dot = { at = step.sent + step.rtt, bits = id.common_prefix(target, step.id), hop = step.hop }
      dots[#dots + 1] = dot
      slowest, nearest, hops = math.max(slowest, dot.at), math.max(nearest, dot.bits), math.max(hops, dot.hop)
    end
  end
end

-- The area for dots is params.width by params.height; labels stand left of it and below it.
local left, top = 50, 40
local function x(seconds) return left + params.width * seconds / slowest end
local function y(bits) return top + params.height * (1 - bits / nearest) end
local function write(format, ...) io.write(format:format(...), "\n") end

local w, h = left + params.width + 20, top + params.height + 50
write('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13">', w, h)
write('<style>text { fill: #444 } path { stroke: #bbb; fill: none }')
write('@media (prefers-color-scheme: dark) { text { fill: #ccc } path { stroke: #555 } }</style>')
write('<text x="%d" y="20">%d lookups among %d nodes: each dot is an answer</text>', left, params.lookups, sim.size())
for bits = 0, nearest, 5 do
  write('<path d="M%d %.0fh%d"/><text x="%d" y="%.0f" text-anchor="end">%d</text>', left, y(bits), params.width, left - 8, y(bits) + 4, bits)
end
for half = 0, math.floor(2 * slowest) do
  write('<text x="%.0f" y="%d" text-anchor="middle">%.1f s</text>', x(half / 2), top + params.height + 22, half / 2)
end
write('<text x="14" y="%d" transform="rotate(-90 14 %d)" text-anchor="middle">bits shared with the target</text>', top + params.height / 2, top + params.height / 2)

local colours = { "#888888", "#4c9be8", "#2ca58d", "#e8a33d", "#e0633a", "#c044a0" }
for hop = 0, hops do
  local path = {}
  for _, dot in ipairs(dots) do
    -- Ids share whole bits: up or down by less than half of one, so that dots do not hide each other.
    if dot.hop == hop then path[#path + 1] = ("M%.0f %.0fh0"):format(x(dot.at), y(dot.bits + 0.7 * (math.random() - 0.5))) end
  end
  local colour = colours[math.min(hop + 1, #colours)]
  write('<path style="stroke: %s" stroke-width="5" stroke-linecap="round" d="%s"/>', colour, table.concat(path))
  write('<text x="%d" y="20" text-anchor="end" style="fill: %s">hop %d</text>', left + params.width - 52 * (hops - hop), colour, hop)
end
write('</svg>')
