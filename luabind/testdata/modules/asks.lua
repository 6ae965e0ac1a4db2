-- Gives back the result of a function that blocks.
return function(ask) return ask() end
