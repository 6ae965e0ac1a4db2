local before = task.now()
sleep(1.5)
print(task.now() - before)  --> 1.5
