-- Rules of your own, held against a node: here, whether it answers the same query twice in the same way.
-- lightdht run --join 127.0.0.1:6881 --allow-raw examples/15-own-probes.lua 127.0.0.1:6881
experiment{ title = "Probes of my own", network = { nodes = 50 } }
local conformance = require "lightdht.conformance"

local function repeats(method, args)
  return { "should", "my own idea", "answers a " .. method .. " twice in the same way", function(lab)
    local first, second = lab:ask(method, args), lab:ask(method, args)
    if not first or not second then return "unknown", "no answer" end
    return first.named == second.named, lab.describe(second)
  end }
end

local target = arg[1] or sim.nodes()[1].addr
local report = assert(conformance.run(target, {
  probes = { repeats("ping", {}), repeats("find_node", { target = id.raw(id.sha1("somewhere")) }) },
}))
for _, row in ipairs(report.rows) do print(row.verdict, row.severity, row.rule, row.seen) end
