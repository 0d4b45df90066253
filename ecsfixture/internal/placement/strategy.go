package placement

import (
	"cmp"
	"slices"
	"strings"
)

// The kinds of a Strategy.
const (
	Random   = "random"
	SpreadBy = "spread"
	Binpack  = "binpack"
)

// The fields of a Strategy, beside attribute:NAME.
const (
	FieldInstance = "instanceId" // of spread; host is the same
	FieldHost     = "host"
	FieldCPU      = "cpu" // of binpack
	FieldMemory   = "memory"
)

// attributePrefix is what comes before the name of an attribute.
const attributePrefix = "attribute:"

// Strategy is a placement strategy.
type Strategy struct{ Kind, Field string }

// Valid reports whether the field goes with the kind.
func (s Strategy) Valid() bool {
	switch s.Kind {
	case SpreadBy:
		name, is := strings.CutPrefix(s.Field, attributePrefix)
		return is && name != "" || s.Field == FieldInstance || s.Field == FieldHost
	case Binpack:
		return s.Field == FieldCPU || s.Field == FieldMemory
	}
	return true
}

// choose returns the one of the fitting instances that the strategies prefer:
// each narrows down what the one before left. Among equals the one with the
// fewest tasks is chosen, then the first.
func choose(list []Instance, fit []int, group string, strategies []Strategy, pick func(n int) int) int {
	for _, s := range strategies {
		if s.Kind == Random {
			return fit[pick(len(fit))]
		}
		fit = lowest(fit, s.cost(list, group))
	}
	return slices.MinFunc(fit, func(a, b int) int {
		return cmp.Or(cmp.Compare(list[a].count(group), list[b].count(group)), cmp.Compare(len(list[a].Tasks), len(list[b].Tasks)))
	})
}

// cost is what the strategy wants least of: tasks of the group where spread
// would put another one, or what binpack would leave.
func (s Strategy) cost(list []Instance, group string) func(int) int {
	switch {
	case s.Kind == Binpack && s.Field == FieldCPU:
		return func(i int) int { return list[i].Free.CPU }
	case s.Kind == Binpack:
		return func(i int) int { return list[i].Free.Memory }
	}
	load := map[string]int{}
	for _, i := range list {
		load[s.Value(i)] += i.count(group)
	}
	return func(i int) int { return load[s.Value(list[i])] }
}

// Value is what a spread strategy spreads tasks over: instances with the same
// value are one place.
func (s Strategy) Value(i Instance) string {
	if name, is := strings.CutPrefix(s.Field, attributePrefix); is {
		return i.Attributes[name]
	}
	return i.ID
}

// lowest returns those of the lowest cost.
func lowest(fit []int, cost func(int) int) []int {
	least := cost(slices.MinFunc(fit, func(a, b int) int { return cost(a) - cost(b) }))
	return slices.DeleteFunc(slices.Clone(fit), func(i int) bool { return cost(i) != least })
}
