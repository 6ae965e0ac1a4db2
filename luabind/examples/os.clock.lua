sleep(2.5)
print(os.clock())  --> 2.5
