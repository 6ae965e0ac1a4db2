local t = task.spawn(function(a, b)
  sleep(2)
  return a + b
end, 3, 4)
print("meanwhile", task.now())  --> meanwhile	0
print(t:wait(), task.now())     --> 7	2
