// Package editor has what an editor needs to know of scripts: definitions of all that they can use,
// the Lua library, and settings that point the Lua language server (LuaLS) to both.
//
// [Files] and [Settings] go into the folder of the scripts; [Suffice] says whether a settings file
// that exists has all of them. The package writes nothing. Its functions may be called from any
// goroutine, and what they return belongs to the caller.
package editor
