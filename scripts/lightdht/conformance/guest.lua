--- How often the node under test is asked. There is one budget for all sockets of a probe, since nodes limit and ban by
--- IP address. It starts low and adapts: up while answers come, to half when they stop (AIMD, as TCP does).
local guest = {}
guest.__index = guest

--- Queries a second: where to start, and the most that is tried without being told to. libtorrent bans an address for more
--- than 5 a second, mldht takes 2, others 1 (test/interop/conformance).
local first, most, least = 1, 2, 0.1

--- How many answers in a row raise the rate by a quarter.
local climb = 10

--- Of the last `window` queries, more than `loss` lost lower the rate.
local window, loss = 20, 4

---@class conformance.Guest
---@field rate number  queries a second now
---@field most number  the highest that is tried
---@field queries integer  sent
---@field lost integer  that had no answer when they were sent first
---@field slowed integer  how often the rate was halved
---@field bans integer  how often the node ignored every honest query for a while, and ...
---@field waited seconds  ... how long that was waited out

--- A budget. rate: queries a second at most; without it, what a node that limits its senders is likely to take.
---@param rate? number
---@return conformance.Guest
function guest.new(rate)
  return setmetatable({
    rate = rate or first, most = rate or most, due = 0, streak = 0, recent = {}, place = 0, missing = 0,
    queries = 0, lost = 0, slowed = 0, bans = 0, waited = 0,
  }, guest)
end

--- Waits for the turn of the next query.
function guest:turn()
  local now = task.now()
  if self.due > now then sleep(self.due - now) end
  self.due = math.max(self.due, now) + 1 / self.rate
  self.queries = self.queries + 1
end

--- Notes that a query was answered, or that one was lost which was answered when it was sent again. A drop in answers halves
--- the rate.
---@param answered boolean
function guest:note(answered)
  self.place = self.place % window + 1
  if self.recent[self.place] == false then self.missing = self.missing - 1 end
  self.recent[self.place] = answered
  if answered then
    self.streak = self.streak + 1
    if self.streak >= climb then self.rate, self.streak = math.min(self.most, self.rate * 1.25), 0 end
    return
  end
  self.lost, self.streak, self.missing = self.lost + 1, 0, self.missing + 1
  if self.missing > loss then self:slower() end
end

--- How often to send what may get lost: twice, and more often where datagrams do get lost. Four times make a loss of one in
--- five look like silence once in 600.
---@return integer
function guest:tries()
  return 2 + (self.lost > 0 and 1 or 0) + (self.lost > 5 and 1 or 0)
end

--- Halves the rate, and does not come near the old one again.
function guest:slower()
  self.most = math.max(least, self.rate * 0.8)
  self.rate = math.max(least, self.rate / 2)
  self.slowed, self.recent, self.missing = self.slowed + 1, {}, 0
  self.due = math.max(self.due, task.now() + 1 / self.rate)
end

--- What it took, in words; nil if nothing out of the ordinary happened.
---@return string?
function guest:cost()
  local words = {}
  if self.slowed > 0 then words[1] = ("slowed down %d times, to %.2g queries a second"):format(self.slowed, self.rate) end
  if self.bans > 0 then
    words[#words + 1] = ("was ignored altogether %d times, for %d seconds in all"):format(self.bans, self.waited)
  end
  return words[1] and "the probe " .. table.concat(words, " and ") or nil
end

return guest
