print(task.timeout(5, function() sleep(1) return "in time" end))  --> in time

local result, err = task.timeout(5, sleep, 60)
print(result, err.kind, task.now())                               --> nil	timeout	6
