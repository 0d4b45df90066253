package placement

import "slices"

// Demand is what a task needs of its instance.
type Demand struct {
	Group      string
	CPU        int // units
	Memory     int // MiB
	ENI        bool
	TCP, UDP   []int    // host ports
	Attributes []string // that the instance must have
}

// Reason is why an instance can't take a task, in the words of the failures
// of RunTask.
type Reason string

// The reasons, in the order in which they are looked for: an instance that
// fails later is a closer match.
const (
	Agent      Reason = "AGENT"
	Attribute  Reason = "ATTRIBUTE"
	Membership Reason = "MemberOf placement constraint unsatisfied."
	Distinct   Reason = "DistinctInstance placement constraint unsatisfied."
	CPU        Reason = "RESOURCE:CPU"
	Memory     Reason = "RESOURCE:MEMORY"
	Ports      Reason = "RESOURCE:PORTS"
	ENI        Reason = "RESOURCE:ENI"
)

var reasons = []Reason{Agent, Attribute, Membership, Distinct, CPU, Memory, Ports, ENI}

// MaxPorts is how many ports an instance can reserve.
const MaxPorts = 100

// lacks says why an instance can't take the task whatever its constraints
// are; "" if it can.
func (d Demand) lacks(i Instance) Reason {
	switch {
	case !i.AgentConnected:
		return Agent
	case slices.ContainsFunc(d.Attributes, func(name string) bool { _, has := i.Attributes[name]; return !has }):
		return Attribute
	}
	return d.overflows(i.Free)
}

// overflows says what of a room the task would exceed.
func (d Demand) overflows(free Room) Reason {
	switch {
	case d.CPU > free.CPU:
		return CPU
	case d.Memory > free.Memory:
		return Memory
	case taken(d.TCP, free.TCP) || taken(d.UDP, free.UDP):
		return Ports
	case d.ENI && free.ENIs < 1:
		return ENI
	}
	return ""
}

// taken reports whether one of the ports can't be had.
func taken(want, used []int) bool {
	return slices.ContainsFunc(want, func(p int) bool { return slices.Contains(used, p) }) ||
		len(want) > 0 && len(want)+len(used) > MaxPorts
}
