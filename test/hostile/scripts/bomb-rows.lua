-- exit: 5
-- flags: --max-rows 1000
-- stdout: ^\{"i":1000\}\n$
-- stderr: ^lightdht: .*bomb-rows.lua:7: over the limit of 1000 rows in the results \(--max-rows\)$

for i = 1, 1e9 do
  pcall(record, {i = i})
end
