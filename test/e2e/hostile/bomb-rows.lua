-- exit: 5
-- flags: --max-rows 1000
-- stdout: \{"i":1000\}\nthe end\n$
-- stderr: the results would have more than 1000 rows \(--max-rows\)$

for i = 1, 1e9 do
  pcall(record, {i = i})
  if i > 2000 then break end
end
print("the end")
