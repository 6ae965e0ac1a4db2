-- Does a node keep to the rules? Some hundred probes, and a list of what it gets wrong, worst first.
-- lightdht run --join 127.0.0.1:6881 --allow-raw --out report.jsonl examples/10-conformance.lua 127.0.0.1:6881
local params = experiment{
  title = "Conformance",
  description = "Sends a node queries, right and wrong, and compares what it does with what the BEPs say. Without an address, a member of the simulated network.",
  -- rate: queries a second from one address; patience: seconds to wait for an answer; slow: also probes that take hours; only: a group or a
  -- word; packets: show the last datagram of a failed probe, and its answer, as text with \xx
  params = { rate = 4, patience = 1, slow = false, only = "", packets = false },
  network = { nodes = 50 },
}
local conformance = require "lightdht.conformance"

local target = arg[1] or sim and sim.nodes()[1].addr
assert(target, "which node is to be tested? give its address: 127.0.0.1:6881")
local report = assert(conformance.run(target, {
  rate = params.rate, patience = sim and 5 or params.patience, slow = params.slow or sim ~= nil, only = params.only ~= "" and params.only or nil,
}, function(row)
  local failed = params.packets and row.verdict == "fail"
  record{
    group = row.group, severity = row.severity, rule = row.rule, source = row.source, verdict = row.verdict, seen = row.seen,
    sent = failed and row.sent or nil, got = failed and row.got or nil,
  }
end))

for _, row in ipairs(conformance.faults(report)) do
  print(("%-6s  %s (%s): %s"):format(row.severity, row.rule, row.source, row.seen))
end
print(conformance.summary(report))
check("every rule that must hold does", conformance.count(report, "fail", "must") == 0, conformance.count(report, "fail", "must") .. " do not")
