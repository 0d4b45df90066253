package targetgroup

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
)

// Rule is the rule of a listener: it splits requests between target groups by
// their weights, which the strategies BLUE_GREEN, LINEAR and CANARY shift. It
// is an [http.Handler] too.
type Rule struct {
	ARN string

	set   *Set
	front *front

	mu      sync.Mutex         // guards what follows
	weights map[string]float64 // by the ARN of the group
	credit  map[string]float64 // how much each group is behind
}

// Rule returns the listener rule of a name or an ARN; the first call makes it.
// All requests go to the groups given, in equal parts, until they are shifted.
func (s *Set) Rule(nameOrARN string, groups ...*Group) *Rule {
	s.mu.Lock()
	defer s.mu.Unlock()
	arn := s.arnOf("listener-rule/app", nameOrARN)
	i := slices.IndexFunc(s.rules, func(r *Rule) bool { return r.ARN == arn })
	if i < 0 {
		r := &Rule{ARN: arn, set: s, credit: map[string]float64{}}
		r.front = &front{handler: r}
		i, s.rules = len(s.rules), append(s.rules, r)
	}
	if len(groups) > 0 {
		s.rules[i].shift(equal(groups))
	}
	return s.rules[i]
}

func equal(groups []*Group) map[string]float64 {
	weights := map[string]float64{}
	for _, g := range groups {
		weights[g.ARN] = 100 / float64(len(groups))
	}
	return weights
}

// URL returns where the rule listens, as [Group.URL] does.
func (r *Rule) URL() string { return r.front.URL() }

// Client returns a client of the rule, as [Group.Client] does.
func (r *Rule) Client() *http.Client { return r.front.Client() }

// Weights returns the weights of the groups, in percent by their ARNs.
func (r *Rule) Weights() map[string]float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.weights)
}

func (r *Rule) shift(weights map[string]float64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.weights, r.credit = maps.Clone(weights), map[string]float64{}
}

// ServeHTTP passes a request to one of the groups.
func (r *Rule) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	g := r.set.find(r.next())
	if g == nil {
		fail(w, http.StatusServiceUnavailable, errors.New("the listener rule has no target group"))
		return
	}
	g.ServeHTTP(w, req)
}

// next returns the group that is furthest behind its weight, so that any
// hundred requests in a row are split as the weights say.
func (r *Rule) next() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	best, total := "", 0.0
	for _, arn := range slices.Sorted(maps.Keys(r.weights)) {
		r.credit[arn] += r.weights[arn]
		total += r.weights[arn]
		if r.weights[arn] > 0 && (best == "" || r.credit[arn] > r.credit[best]) {
			best = arn
		}
	}
	r.credit[best] -= total
	return best
}

// Shift implements [server.TrafficShifter].
func (s *Set) Shift(_ context.Context, listenerRuleARN string, weights map[string]float64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.rules, func(r *Rule) bool { return r.ARN == listenerRuleARN })
	if i < 0 {
		return fmt.Errorf("the listener rule %s does not exist", listenerRuleARN)
	}
	s.rules[i].shift(weights)
	return nil
}
