// Package files opens files and folders so that a name means what it says.
//
// # The rule
//
// A user chooses folders and names files in them; a stranger may have made their contents: in a
// clone, an archive, a shared folder. The folders on the way to a name are taken as they are, also
// if they are links (/tmp is one on some systems). The last element of a name must be a regular
// file, or a folder, under its own name: not a link, a device, a pipe or a socket. A file that is
// to be overwritten must not have a second name (a hard link) either. All this is checked before
// anything is read or written, and again on the opened file, so that a file cannot be replaced
// between the two.
//
// No name and no link leads out of a [Folder]. Names that begin with a dot cannot be opened,
// through links neither, unless the folder was opened for that: programs keep keys and settings
// there.
//
// A folder that runs of a script write in is opened with [Own], which accepts only folders that
// such a run has made. [Access] puts folders and the grants of a run together.
//
// The files form layers, from the lowest: identity, system; regular; folder, lock, name, read,
// shelf, write; own; access; refusal.
package files
