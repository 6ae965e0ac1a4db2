-- Penlight: strings, patterns, dates, documents.
local stringx, List, pretty = require "pl.stringx", require "pl.List", require "pl.pretty"
print(stringx.strip "  x  ", stringx.split("a b  c"), stringx.split("a,b,c", ",", 2), stringx.startswith("abc", "ab"), stringx.endswith("abc", "bc"), stringx.partition("a=b=c", "="))
print(stringx.rpartition("a=b=c", "="), stringx.replace("aXbX", "X", "-"), stringx.count("banana", "an"), stringx.center("x", 5, "*"), stringx.ljust("x", 3) .. "|", stringx.rjust("x", 3), stringx.title "hello world")
print(stringx.isalpha "abc", stringx.isdigit "12", stringx.isupper "AB", stringx.isspace " \t", stringx.lfind("abcabc", "c"), stringx.rfind("abcabc", "c"), stringx.shorten("a long text", 6), stringx.quote_string "a\nb")
print(List(stringx.splitlines "a\nb\r\nc"), stringx.join(",", { 1, 2 }), stringx.expandtabs("a\tb", 4), stringx.at("abc", 2))
stringx.import()
print(("a b"):split(), ("x"):center(3), ("%s=%d"):format("k", 5))
stringx.format_operator()
print(pcall(function() return "%s %d" % { "x", 3 } end))

print(pretty.write({ 1, 2, "x", { a = 1 } }, ""), pretty.write({ "only" }), pretty.number(123456, "N"), pretty.number(1234, "M", 1), pretty.number(1e6, "T"))
local back = pretty.read "{ 1, { x = 'y' }, true }"
print(back[1], back[2].x, back[3], pretty.read "{ os.exit() }", (select(2, pretty.read "{ for }")))
pretty.dump { 1, { 2 } }
print(pretty.load("x = 1 + 2").x)

local lexer = require "pl.lexer"
for t, v in lexer.scan "alpha = sin(1.5) + 'str' -- note" do io.write(t, ":", tostring(v), " ") end
print()
for t, v in lexer.lua("local x = 0x10 .. [[long]]", { space = true, comments = true }) do io.write(t, ":", tostring(v), " ") end
print()
for t, v in lexer.cpp("int x = 10; // c") do io.write(t, ":", tostring(v), " ") end
print()

local text = require "pl.text"
print(text.indent("a\nb", 2), text.dedent "    x\n      y\n", text.wrap("the quick brown fox jumps", 10), text.fill("the quick brown fox", 10))
print(text.Template("Hello $name, ${greet}"):substitute { name = "x", greet = "y" }, pcall(function() return text.Template("$missing"):substitute {} end) == false, text.Template("$a $b"):safe_substitute { a = 1 })
local template = require "pl.template"
print((template.substitute([[
# for i, v in ipairs(list) do
  item $(i): $(v)
# end
]], { ipairs = ipairs, list = { "a", "b" } })))
print((template.substitute("<%= x %> #(y)", { x = 1, y = 2, _escape = "@" })), ((select(2, template.substitute("$(nope.x)", {}))):match "^[^\n]*"))
local sip = require "pl.sip"
local res = {}
print(sip.match("$v{name}=$d{value}", "answer=42", res), res.name, res.value, sip.match("$i{x}", "5", res), sip.pattern "$d{n}", sip.compile "$S{k}: $r{rest}"("key: the rest", res), res.k, res.rest)

local xml = require "pl.xml"
local doc = xml.parse [[<root a="1"><item id="x">text &amp; more</item><item/><!-- c --></root>]]
print(doc.tag, doc.attr.a, #doc, doc[1].attr.id, doc[1][1], doc:child_with_name("item"):get_text(), xml.tostring(xml.elem("p", { class = "c", "hi & <b>" })))
print(xml.new("a"):addtag("b"):text("t"):up():addtag("c"):tostring(), xml.compare(doc, xml.parse(xml.tostring(doc, "", "  "))), xml.xml_escape "<&>")
print(xml.tostring(doc, "", "  "))

local data = require "pl.data"
local stringio = require "pl.stringio"
local d = data.read(stringio.open "name,age\nann,30\nbob,25\ncid,41\n")
print(List(d.fieldnames), #d, d[1][1], d[2][2], List(d:column_by_name "age"))
for row in d:select_row { fields = { "name", "age" }, where = "tonumber(age) > 28", sort_by = "age" } do io.write(table.concat(row, "="), " ") end
print()
d:write_row(io.stdout, d[1])
print()
local config = require "pl.config"
local c = config.read(stringio.open "# a comment\nnumber = 5\nlist = 1,2,3\n[section]\nname = value\nflag = true\n")
print(c.number, List(c.list), c.section.name, c.section.flag)
local out = stringio.create()
out:write("a", 1) out:writef("%d", 7)
print(out:value(), stringio.open("one two\nthree"):read("*l"))
local s = stringio.open "10 20 rest\nnext"
print(s:read "*n", s:read "*n", s:read "*l", s:read "*a")
local input = require "pl.input"
print(input.words and true, List(require("pl.seq").copy(input.words "the cat sat")), List(require("pl.seq").copy(input.numbers "1 2.5 x 3")))

local Date = require "pl.Date"
local day = Date { year = 2024, month = 2, day = 28, hour = 12 }
print(day:year(), day:month(), day:day(), day:weekday_name(), day:month_name(), day:is_weekend(), day:last_day():day(), day:add { day = 2 }:month())
local df = Date.Format "yyyy-mm-dd"
print(df:tostring(Date { year = 2020, month = 1, day = 2 }), df:parse "2021-03-04":month(), Date.Format "dd/mm/yy":parse "05/06/07":day(), (select(2, df:parse "nonsense")) ~= nil)
print(Date { year = 2020, month = 1, day = 1 } < Date { year = 2021, month = 1, day = 1 }, (Date { year = 2020, month = 1, day = 2 }):diff(Date { year = 2020, month = 1, day = 1 }).time)

local lapp = require "pl.lapp"
local args = lapp([[
A test.
  -v, --verbose  be loud
  -o, --output (default out.txt) where to
  -n (default 10) how many
  <name> (string) who
]], { "-v", "-n", "5", "bob" })
print(args.verbose, args.output, args.n, args.name)

local utils, types, url = require "pl.utils", require "pl.types", require "pl.url"
print(utils.split("a b c")[2], utils.escape "a.b", utils.choose(true, 1, 2), utils.printf and true, utils.string_lambda "|x| x + 1" (2), utils.is_type({}, "table"), utils.bind1(math.max, 3)(2), utils.array_tostring({ 1, "x" })[1])
print(utils.unpack(utils.pack(1, nil, 3), 1, 3)) 
print(types.is_callable(print), types.is_integer(5), types.is_empty "", types.to_bool "yes", types.type(List()), types.is_iterable { 1 }, types.is_indexable { 1 })
print(url.quote "a b&c/d", url.unquote "a%20b%26c", url.quote("a b", true))
print(pcall(utils.raise, "x"), utils.on_error "quit" == nil)
