local squares = task.map({ 1, 2, 3 }, function(n)
  sleep(1)
  return n * n
end, { parallel = 2 })
print(table.concat(squares, " "), task.now())  --> 1 4 9	2
