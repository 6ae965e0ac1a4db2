---@meta _
-- Generated from lightdht's own definitions; never executed.

---How to work through a list.
---@class task.MapOptions
---@field parallel? integer # How many calls go on at once. (1 to 1048576, default 64)

---A task, as spawn returns it.
---@class task.Task
local task_Task = {}

---Has the call raise an error in which the task blocks, or next does; the error may be caught to clean up. A task that has ended stays as it is.
function task_Task:cancel() end

---What it is doing, or how it ended.
---@return "running"|"waiting"|"done"|"failed"|"cancelled" status
function task_Task:status() end

---Waits until the task has ended, and returns what its function returned. What the function raised comes as the error: a message as one of kind "failed", anything else as it is.
---@async
---@return any ...
function task_Task:wait() end

---Doing several things at once. Tasks switch only where a call blocks, so plain Lua between two such calls needs no locks. A run ends when all its tasks have ended.
---@class tasklib
task = {}

---Calls a function with each item of a list, several at a time, and returns the results in the list's order. An error in one of the calls cancels the others and is raised.
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

---Waits that long. On a simulated network it is virtual time, and passes at once if nothing happens in it.
---@async
---@param seconds seconds
function task.sleep(seconds) end

---Runs a function with these arguments as a task of its own, which begins when the caller next blocks. An error in it that nobody waits for is told at once, and the run counts as failed.
---@param fn fun(...: any): ...
---@param ... any
---@return task.Task task
function task.spawn(fn, ...) end

---Returns what the function returns, if it does so within that time; else it is cancelled. An error in it is raised.
---@async
---@param seconds seconds
---@param fn fun(...: any): ...
---@param ... any
---@return any ...
function task.timeout(seconds, fn, ...) end
