print("hamud")
