return require "circle2"
