// Package files opens files and folders so that a name means what it says.
//
// # The rule
//
// Who runs a script chooses folders, and names files in them; a stranger may have brought what lies there: in a clone,
// an archive, a shared folder. So the folders on the way to a name are taken as they are, links among them (/tmp is one
// on some systems). The last element of a name is never a link, nor a device, a pipe or a socket: it is a regular file,
// or a folder, that is opened under its own name. What is to be written over has no second name either (a hard link),
// under which it would change, too. All this is looked at before anything is read or written, and again at what was
// opened, so that nobody can put something else in its place between the two.
//
// Below a [Folder] no name and no link leads out of it, and names that begin with a dot are not to be had, through links
// neither, unless it was opened for that: they are where programs keep keys and settings.
//
// A folder that runs of a script write in is [Own]: only what such a run has made itself is one.
package files
