for name, pause in pairs{ slow = 2, fast = 1 } do
  spawn(function()
    sleep(pause)
    print(name, task.now())
  end)
end
--> fast	1
--> slow	2
