package placement

import "slices"

// Share is a part of a capacity provider strategy.
type Share struct {
	Base   int // tasks that it gets first
	Weight int // its part of the others
	Has    int // tasks that it has already
}

// Spread returns the index of the share that gets each of the next n tasks:
// first the base is filled, then the weights decide. Without any weight all
// that is left goes to the only share, or to the one with the base.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
func Spread(shares []Share, n int) []int {
	shares = append([]Share(nil), shares...)
	list := make([]int, n)
	for i := range list {
		list[i] = next(shares)
		shares[list[i]].Has++
	}
	return list
}

// next is the share whose turn it is: the one with a base to fill, or the one
// that is furthest below its part.
func next(shares []Share) int {
	best := -1
	for i, s := range shares {
		switch {
		case s.Has < s.Base:
			return i
		case s.Weight > 0 && (best < 0 || s.before(shares[best])):
			best = i
		}
	}
	return max(best, fallback(shares))
}

// before reports whether a task more takes s less far than o, measured by
// their weights; the heavier goes first where that is the same.
func (s Share) before(o Share) bool {
	a, b := (s.Has-s.Base+1)*o.Weight, (o.Has-o.Base+1)*s.Weight
	return a < b || a == b && s.Weight > o.Weight
}

// fallback is the share that gets the tasks where none has a weight, -1 where
// one has.
func fallback(shares []Share) int {
	if slices.ContainsFunc(shares, func(s Share) bool { return s.Weight > 0 }) {
		return -1
	}
	return max(0, slices.IndexFunc(shares, func(s Share) bool { return s.Base > 0 }))
}
