log.debug("only lightdht run --verbose shows this")
print("done")  --> done
