package placement

import "time"

// Instance is a container instance as placement sees it.
type Instance struct {
	ID             string // of the container instance
	EC2ID          string // of the EC2 instance
	Attributes     map[string]string
	AgentConnected bool
	AgentVersion   string
	RegisteredAt   time.Time
	Running        int    // tasks that are RUNNING
	Tasks          []Task // that are to run: those whose end has been asked for don't count
	Free           Room
}

// Task is a task that is on an instance.
type Task struct{ Group string }

// Room is what an instance has left.
type Room struct {
	CPU    int // units
	Memory int // MiB
	ENIs   int // network interfaces
	TCP    []int
	UDP    []int // ports that are taken
}

// groups are the groups of the tasks on an instance.
func (i Instance) groups() (list []string) {
	for _, t := range i.Tasks {
		list = append(list, t.Group)
	}
	return list
}

// count counts the tasks of a group.
func (i Instance) count(group string) (n int) {
	for _, t := range i.Tasks {
		if t.Group == group {
			n++
		}
	}
	return n
}
