package placement

import "slices"

// Rules are the placement constraints and strategies of a task or service.
type Rules struct {
	Distinct   bool    // distinctInstance
	Members    []Query // memberOf
	Strategies []Strategy
}

// Failure is an instance that can't take a task.
type Failure struct {
	Instance int // its index
	Reason   Reason
}

// Find returns the index of the instance that a task is to be placed on: one
// that has what the task needs, then one that meets the constraints, then the
// one that the strategies prefer. Where there is none it returns -1 and what
// is wrong with each. Pick makes random choices: it returns a number from 0
// to n-1.
//
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html
func Find(list []Instance, d Demand, r Rules, pick func(n int) int) (int, []Failure) {
	var fit []int
	var failures []Failure
	for i, instance := range list {
		if reason := Check(instance, d, r); reason != "" {
			failures = append(failures, Failure{i, reason})
			continue
		}
		fit = append(fit, i)
	}
	if len(fit) == 0 {
		return -1, failures
	}
	return choose(list, fit, d.Group, r.Strategies, pick), nil
}

// Check says why an instance can't take a task, "" if it can.
func Check(i Instance, d Demand, r Rules) Reason {
	lack := d.lacks(i)
	if lack == Agent || lack == Attribute {
		return lack
	}
	if !r.Admits(i) {
		return Membership
	}
	if r.Distinct && i.count(d.Group) > 0 {
		return Distinct
	}
	return lack
}

// Admits reports whether an instance meets all memberOf constraints.
func (r Rules) Admits(i Instance) bool {
	return !slices.ContainsFunc(r.Members, func(q Query) bool { return !q(i) })
}

// Closest returns the failure of the instance that comes closest to taking
// the task: the one that fails last. There must be one.
func Closest(list []Failure) Failure {
	return slices.MaxFunc(list, func(a, b Failure) int { return rank(a.Reason) - rank(b.Reason) })
}

func rank(r Reason) int { return slices.Index(reasons, r) }
