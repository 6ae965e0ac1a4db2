local markdown = require "markdown"
print(markdown [[
Title
=====

Sub
---

### Third ###

A paragraph with *emphasis*, **strong**, `code <b>` and a [link](http://example.com/ "title").
Second line with  
a break. An ![image](a.png) and <http://auto.link/>.

* one
* two
    * nested
    * more
* three

1. first
2. second

   with a paragraph

> quoted
> > twice

    code block
    	with <tags> & more

***

[ref]: http://ref.example/  "Ref"
A [reference][ref] and AT&T, 4 < 5, &copy;, \*escaped\*.

<div>
raw *html*
</div>

Mail <me@example.com>? No: it is written at random.
]] ~= nil)
local text = [[
# One

* a *b* **c** `d`

> e

    f

1. g
2. h

[i](j "k") ![l](m) <http://n/>
]]
print(markdown(text))
print(markdown("a & b < c > d \"e\""))
print(markdown("line one  \nline two\n\n- x\n- y\n\n\n- z"))
