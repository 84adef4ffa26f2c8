print("hamuctl")
