sleep(2)
return {}
