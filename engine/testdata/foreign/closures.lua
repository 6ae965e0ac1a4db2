-- Functions as values: memoize, curry, streams, a parser, a Brainfuck machine, an evaluator of Lisp.
local function curry(f, n) if n == 1 then return f end return function(x) return curry(function(...) return f(x, ...) end, n - 1) end end
print(curry(function(a, b, c) return a + b * c end, 3)(1)(2)(3))
local function compose(...) local fs = { ... } return function(x) for i = #fs, 1, -1 do x = fs[i](x) end return x end end
print(compose(function(x) return x + 1 end, function(x) return x * 2 end, tostring)(5))
local Y = function(f) return (function(x) return x(x) end)(function(x) return f(function(...) return x(x)(...) end) end) end
print(Y(function(self) return function(n) return n == 0 and 1 or n * self(n - 1) end end)(10))
local function stream(head, tail) return { head = head, tail = tail } end
local function from(n) return stream(n, function() return from(n + 1) end) end
local function take(s, n) local out = {} while n > 0 do out[#out + 1] = s.head s, n = s.tail(), n - 1 end return out end
local function filter(s, p) while not p(s.head) do s = s.tail() end return stream(s.head, function() return filter(s.tail(), p) end) end
local function primes(s) return stream(s.head, function() return primes(filter(s.tail(), function(n) return n % s.head ~= 0 end)) end) end
print(table.concat(take(primes(from(2)), 20), " "))
local function bf(program, input)
  local jump, stack, tape, at, pc, out = {}, {}, {}, 1, 1, {}
  for i = 1, #program do
    local c = program:sub(i, i)
    if c == "[" then stack[#stack + 1] = i elseif c == "]" then local j = table.remove(stack) jump[i], jump[j] = j, i end
  end
  local ops = {
    [">"] = function() at = at + 1 end, ["<"] = function() at = at - 1 end,
    ["+"] = function() tape[at] = ((tape[at] or 0) + 1) % 256 end, ["-"] = function() tape[at] = ((tape[at] or 0) - 1) % 256 end,
    ["."] = function() out[#out + 1] = string.char(tape[at] or 0) end,
    ["["] = function() if (tape[at] or 0) == 0 then pc = jump[pc] end end, ["]"] = function() if (tape[at] or 0) ~= 0 then pc = jump[pc] end end,
  }
  while pc <= #program do local op = ops[program:sub(pc, pc)] if op then op() end pc = pc + 1 end
  return table.concat(out)
end
io.write(bf "++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.>>.<-.<.+++.------.--------.>>+.>++.")
local function read(text)
  local pos = 1
  local function expr()
    pos = text:find("%S", pos)
    if text:sub(pos, pos) == "(" then
      pos = pos + 1
      local list = {}
      while true do
        pos = text:find("%S", pos)
        if text:sub(pos, pos) == ")" then pos = pos + 1 return list end
        list[#list + 1] = expr()
      end
    end
    local token = text:match("^[^%s()]+", pos)
    pos = pos + #token
    return tonumber(token) or token
  end
  return expr()
end
local function eval(x, env)
  if type(x) == "number" then return x elseif type(x) == "string" then return env[x] end
  local op = x[1]
  if op == "if" then return eval(eval(x[2], env) and x[3] or x[4], env)
  elseif op == "define" then env[x[2]] = eval(x[3], env) return x[2]
  elseif op == "lambda" then
    return function(...)
      local frame = setmetatable({}, { __index = env })
      for i, name in ipairs(x[2]) do frame[name] = (select(i, ...)) end
      return eval(x[3], frame)
    end
  end
  local values = {}
  for i, e in ipairs(x) do values[i] = eval(e, env) end
  return values[1](unpack(values, 2))
end
local env = { ["+"] = function(a, b) return a + b end, ["-"] = function(a, b) return a - b end, ["*"] = function(a, b) return a * b end, ["<"] = function(a, b) return a < b end }
for _, text in ipairs { "(define fact (lambda (n) (if (< n 2) 1 (* n (fact (- n 1))))))", "(fact 20)", "((lambda (f x) (f (f x))) (lambda (y) (* y y)) 7)", "(define fib (lambda (n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2))))))", "(fib 15)" } do print(eval(read(text), env)) end
local Queue = {} Queue.__index = Queue
function Queue.new() return setmetatable({ first = 1, last = 0 }, Queue) end
function Queue:push(v) self.last = self.last + 1 self[self.last] = v end
function Queue:pop() local v = self[self.first] self[self.first] = nil self.first = self.first + 1 return v end
local graph, seen, order, q = { a = { "b", "c" }, b = { "d" }, c = { "d", "e" }, d = { "f" }, e = { "f" }, f = {} }, { a = true }, {}, Queue.new()
q:push "a"
while q.first <= q.last do local n = q:pop() order[#order + 1] = n for _, m in ipairs(graph[n]) do if not seen[m] then seen[m] = true q:push(m) end end end
print(table.concat(order, " -> "))
