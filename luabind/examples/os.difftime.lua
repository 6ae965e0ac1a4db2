local before = os.time()
sleep(60)
print(os.difftime(os.time(), before))  --> 60
