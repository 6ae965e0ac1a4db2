-- exit: 0
-- flags: --max-busy 20s
-- stdout: ^compiled or not$

for _, text in ipairs{
  ("("):rep(20000) .. "1" .. (")"):rep(20000), ("{"):rep(60000), "x = " .. ("'a'.."):rep(10000) .. "'a'", ("do "):rep(20000),
  "x = " .. ("-"):rep(3000, " ") .. "1", ("if a then else"):rep(4000), ("function f() "):rep(4000), "x = " .. ("not "):rep(15000) .. "1",
  "return " .. ("a."):rep(30000) .. "a", "return " .. ("a,"):rep(30000) .. "a", "local " .. ("a,"):rep(300) .. "a", ("local a "):rep(5000),
  "return f" .. ("()"):rep(30000), "return " .. ("'\\999'"), "[" .. ("="):rep(60000) .. "[", "goto " .. ("a"):rep(60000), ("::a::"):rep(10000),
} do
  load(text)
end
print("compiled or not")
