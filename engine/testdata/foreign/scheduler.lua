-- A small operating system: tasks of classes with inheritance, queues, packets (the kind of Richards).
local Task = {}
Task.__index = Task
function Task.new(class, id, priority, work)
  return setmetatable({ id = id, priority = priority, queue = {}, runs = 0, work = work }, class)
end
function Task:ready() return #self.queue > 0 end
function Task:take() return table.remove(self.queue, 1) end
function Task:run(system) self.runs = self.runs + 1 return self:step(system, self:take()) end
local function class(base) local c = setmetatable({}, { __index = base }) c.__index = c return c end
local Worker, Device, Idle = class(Task), class(Task), class(Task)
function Worker:step(system, packet)
  packet.hops = packet.hops + 1
  for i = 1, #packet.data do
    self.letter = (self.letter or 0) % 26 + 1
    packet.data[i] = string.char(64 + self.letter)
  end
  system:send(packet.from, { from = self.id, data = packet.data, hops = packet.hops })
end
function Device:step(system, packet)
  system.log[#system.log + 1] = self.id .. ":" .. table.concat(packet.data)
  if packet.hops < self.work then system:send(packet.from, { from = self.id, data = packet.data, hops = packet.hops }) end
end
function Idle:ready() return self.work > 0 end
function Idle:take() end
function Idle:step(system)
  self.work = self.work - 1
  self.control = self.work % 2 == 0 and math.floor((self.control or 1) / 2) or (self.control or 1) * 3 + 1
  if self.work % 10 == 0 then system:send("device" .. self.control % 2 + 1, { from = "worker", data = { "x", "y" }, hops = 0 }) end
end
local System = { tasks = {}, byId = {}, log = {} }
function System:add(t) self.tasks[#self.tasks + 1] = t self.byId[t.id] = t table.sort(self.tasks, function(a, b) return a.priority > b.priority end) end
function System:send(to, packet) local q = self.byId[to].queue q[#q + 1] = packet end
function System:loop()
  local steps = 0
  while true do
    local chosen
    for _, t in ipairs(self.tasks) do if t:ready() then chosen = t break end end
    if not chosen then return steps end
    chosen:run(self)
    steps = steps + 1
  end
end
System:add(Idle:new("idle", 0, 200))
System:add(Worker:new("worker", 10))
System:add(Device:new("device1", 20, 5))
System:add(Device:new("device2", 30, 3))
print(System:loop())
for _, t in ipairs(System.tasks) do print(t.id, t.runs, t.letter, t.control) end
print(#System.log, table.concat(System.log, " "))
