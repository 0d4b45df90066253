package docker

import "strconv"

// OwnerOf is the label of a process of this host with another start time
// than it has, if it runs at all.
func OwnerOf(pid int) string {
	o := self()
	o.pid, o.start = pid, strconv.Itoa(pid)
	return o.String()
}
