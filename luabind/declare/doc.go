// Package declare says once what scripts can use: the name of each function, its
// arguments, its results and its text. Everything else follows from it:
//
//   - the arguments of a call are read as they are declared: [Arguments]
//   - tables of options are checked: [OptionTable]
//   - people read it, in a terminal or as pages: [Catalogue.Help], [Catalogue.Pages]
//   - editors read it: [Catalogue.Types]
//
// The package knows no module by name. It reads Lua values, and runs no Lua code.
//
// Types are those of the Lua language server (LuaLS), and those of the host, such as
// id and address. The type parameter C is what a function of the host is called with.
//
// The files form layers, from the lowest: value, option, arg, given, arguments,
// function, lines, catalogue, library, help, editor, pages.
package declare
