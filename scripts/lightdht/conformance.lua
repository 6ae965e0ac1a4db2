--- Does a node keep to the rules? Sends it some hundred queries, right and wrong, and reports how it answers.
---
---   local conformance = require "lightdht.conformance"
---   local report = assert(conformance.run("127.0.0.1:6881"))
---   print(conformance.summary(report))
---   for _, row in ipairs(conformance.faults(report)) do print(row.rule, row.seen) end
---
--- The queries come from nodes of the test, which join through the node under test so that it has nodes to name. Some
--- implementations do not take in nodes that come to them: let such a node join a network of some thirty others first,
--- or the probes of its table stay unknown. Some probes need a second IP address: there are enough on the loopback
--- interface and in a simulation. Do not run this on the public DHT; run it against a node of your own.
local lab = require "lightdht.conformance.lab"

local conformance = {}

--- The groups of probes, in the order of running. Each probe is a severity, a source, a rule, and a function of the lab
--- that returns a verdict and a description: true, false, "skip" if it does not apply, "unknown" if it cannot be told.
--- Rough probes, whose datagrams a node might not survive, come after all others.
local groups = {
  { name = "krpc", probes = require "lightdht.conformance.krpc" },
  { name = "nodes", probes = require "lightdht.conformance.nodes" },
  { name = "peers", probes = require "lightdht.conformance.peers" },
  { name = "items", probes = require "lightdht.conformance.items" },
  { name = "extras", probes = require "lightdht.conformance.extras" },
}

---@class conformance.Options
---@field patience? seconds  how long to wait for an answer, and for a change in its table; default 1, in a simulation 5
---@field rate? number  queries a second from one address; default 4, as libtorrent takes no more than 5
---@field slow? boolean  run the probes that take minutes to hours; default: only in a simulation, where they take no real time
---@field only? string  run only the groups and rules with this text in their names

---@class conformance.Row
---@field group string  "krpc", "nodes", "peers", "items" or "extras"
---@field rule string  what the node must do
---@field source string  where the rule is from: a BEP and its section, or common sense
---@field severity string  "must", "should" or "note"
---@field verdict string  "pass", "fail", "skip" or "unknown"
---@field seen string  what the node did
---@field sent string  the last datagram of the probe, as printable characters and \xx
---@field got string  the answer to that, likewise; "" if there was none

---@class conformance.Report
---@field target address
---@field id id
---@field version string  what the node calls itself; "" if nothing
---@field rows conformance.Row[]

--- A text from the node under test as one line without control characters.
local function shown(text)
  return (tostring(text or ""):gsub("[%c\127-\255]", "?"):sub(1, 200))
end

--- A datagram as text: what does not print, and backslashes, as \xx in hex.
local function escaped(packet)
  return (packet:gsub("\\", "\\x5c"):gsub("[^ -~]", function(c) return "\\x" .. hex.encode(c) end))
end

local function run_one(l, group, probe)
  local severity, source, rule, run = unpack(probe)
  l.sent, l.got = "", ""
  local ok, verdict, seen = pcall(run, l)
  if not ok then
    verdict, seen = "unknown", verdict -- the answer was so odd that the probe raised an error
  elseif type(verdict) ~= "string" then
    verdict = verdict and "pass" or "fail"
  end
  return {
    group = group, rule = rule, source = source, severity = severity, verdict = verdict, seen = shown(seen),
    sent = escaped(l.sent), got = escaped(l.got),
  }
end

--- The probes that were asked for, each with its group, in the order of running.
local function choose(only)
  local gentle, rough, last = {}, {}, {}
  for _, group in ipairs(groups) do
    for _, probe in ipairs(group.probes) do
      if not only or group.name == only or probe[3]:find(only, 1, true) then
        local list = group.name == "extras" and last or probe.rough and rough or gentle
        list[#list + 1] = { group.name, probe }
      end
    end
  end
  for _, list in ipairs{ rough, last } do
    for _, c in ipairs(list) do gentle[#gentle + 1] = c end
  end
  return gentle
end

--- Runs the probes one after another, and notices if the node does not survive one.
local function run_all(l, chosen, add)
  local fatal
  for _, c in ipairs(chosen) do
    local group, probe = unpack(c)
    if fatal then
      add{
        group = group, rule = probe[3], source = probe[2], severity = probe[1], verdict = "unknown",
        seen = "no answer to anything since \"" .. fatal .. "\"", sent = "", got = "",
      }
    else
      l.silent = false
      local row = run_one(l, group, probe)
      if l.silent and not l:alive() then
        fatal = probe[3]
        add{
          group = group, rule = "is alive after the probe \"" .. fatal .. "\"", source = "robustness", severity = "must",
          verdict = "fail", seen = "no answer to anything since: it has ended, or ignores us", sent = row.sent, got = row.got,
        }
      end
      add(row)
    end
  end
end

--- Tests the node at an address. Blocks for about a minute.
---@param target address
---@param opts? conformance.Options
---@param tell? fun(row: conformance.Row)  called with each row as it comes
---@return conformance.Report? report  nil if there is no node
---@return string? why
function conformance.run(target, opts, tell)
  opts = opts or {}
  local slow = opts.slow
  if slow == nil then slow = sim ~= nil end
  local l, why = lab.new(target, { patience = opts.patience or (sim and 5 or 1), rate = opts.rate or 4, slow = slow })
  if not l then return nil, why end
  local report = { target = target, id = l.id, version = shown(l.version), rows = {} }
  run_all(l, choose(opts.only), function(row)
    report.rows[#report.rows + 1] = row
    if tell then tell(row) end
  end)
  l:close()
  return report
end

--- The failed rows of a report, "must" first, then "should" and "note".
---@param report conformance.Report
---@return conformance.Row[]
function conformance.faults(report)
  local list = {}
  for _, severity in ipairs{ "must", "should", "note" } do
    for _, row in ipairs(report.rows) do
      if row.severity == severity and row.verdict == "fail" then list[#list + 1] = row end
    end
  end
  return list
end

--- How many rows of a report have a verdict, and a severity if one is given.
---@param report conformance.Report
---@param verdict string
---@param severity? string
---@return integer
function conformance.count(report, verdict, severity)
  local n = 0
  for _, row in ipairs(report.rows) do
    if row.verdict == verdict and (not severity or row.severity == severity) then n = n + 1 end
  end
  return n
end

--- A report in one line.
---@param report conformance.Report
---@return string
function conformance.summary(report)
  local function failed(severity) return conformance.count(report, "fail", severity) end
  return ("%d probes of %s%s: %d passed; %d failed (%d must, %d should, %d note), %d skipped, %d unknown"):format(
    #report.rows, report.target, report.version ~= "" and " (" .. report.version .. ")" or "",
    conformance.count(report, "pass"), conformance.count(report, "fail"), failed("must"), failed("should"), failed("note"),
    conformance.count(report, "skip"), conformance.count(report, "unknown"))
end

return conformance
