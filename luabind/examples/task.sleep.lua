task.sleep(3600)
print(task.now())  --> 3600
