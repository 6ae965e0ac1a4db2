local t = spawn(function() sleep(60) end)
sleep(1)
print(t:status())  --> waiting
t:wait()
print(t:status())  --> done
