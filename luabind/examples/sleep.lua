sleep(0.5)
print(task.now())  --> 0.5
