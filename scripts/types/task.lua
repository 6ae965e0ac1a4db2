---@meta _
-- Generated from lightdht's own definitions; never executed.

---Options of task.map.
---@class task.MapOptions
---@field parallel? integer # Calls at the same time. (1 to 1048576, default 64)

---A task, as spawn returns it.
---@class task.Task
local task_Task = {}

---Cancels the task: the call in which it blocks, or its next blocking call, raises an error. The task may catch it to clean up. A task that has ended does not change.
function task_Task:cancel() end

---The state of the task, or how it ended.
---@return "running"|"waiting"|"done"|"failed"|"cancelled" status
function task_Task:status() end

---Waits until the task has ended. Returns the results of its function. If the function raised an error, returns nil and the error: a message becomes an error of kind "failed", any other value stays as it is.
---@async
---@return any ...
function task_Task:wait() end

---Tasks run at the same time. They switch only inside calls that block, so Lua code between two such calls needs no locks. A run ends when all its tasks have ended.
---@class tasklib
task = {}

---Calls a function with each item of a list, several at a time. Returns the results in the order of the list. An error in one call cancels the others and is raised.
---@async
---@generic T, R
---@param list T[]
---@param fn fun(item: T, index: integer): R
---@param opts? task.MapOptions
---@return R[] results
function task.map(list, fn, opts) end

---The time since the run began; on a simulated network it is virtual.
---@return seconds now
function task.now() end

---Waits. On a simulated network the time is virtual: it passes at once if nothing happens.
---@async
---@param seconds seconds
function task.sleep(seconds) end

---Starts a task that runs a function with these arguments. It begins when the caller next blocks. If no task waits for it, an error in it is reported at once and the run counts as failed.
---@param fn fun(...: any): ...
---@param ... any
---@return task.Task task
function task.spawn(fn, ...) end

---Runs a function and returns its results. If it takes longer than the time given, it is cancelled. An error in it is raised.
---@async
---@param seconds seconds
---@param fn fun(...: any): ...
---@param ... any
---@return any ...
function task.timeout(seconds, fn, ...) end
