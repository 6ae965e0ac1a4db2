print(json.encode { args = json.object(), list = {} })  --> {"args":{},"list":[]}
