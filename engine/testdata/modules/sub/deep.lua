return "deep", 2
