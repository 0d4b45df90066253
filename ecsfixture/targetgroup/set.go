package targetgroup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

// Set has the target groups and the listener rules of one account in one
// region. It is what services register their tasks with.
type Set struct {
	account, region string
	initial         []Option

	mu     sync.Mutex // guards what follows
	groups []*Group
	rules  []*Rule
}

var (
	_ server.Targets        = (*Set)(nil)
	_ server.TrafficShifter = (*Set)(nil)
)

// NewSet returns a set without groups. The options are those that each group
// begins with.
func NewSet(account, region string, opts ...Option) *Set {
	return &Set{account: account, region: region, initial: opts}
}

// Group returns the group of a name or an ARN; the first call makes it. The
// options of a later call change it.
func (s *Set) Group(nameOrARN string, opts ...Option) *Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.groups {
		if g.ARN == nameOrARN || g.Name == nameOrARN {
			g.configure(opts)
			return g
		}
	}
	g := newGroup(s.arnOf("targetgroup", nameOrARN))
	g.configure(s.initial)
	g.configure(opts)
	s.groups = append(s.groups, g)
	return g
}

// Groups returns the groups as they were made.
func (s *Set) Groups() []*Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.groups)
}

// arnOf makes an ARN of a name: the same one at each run.
func (s *Set) arnOf(kind, nameOrARN string) string {
	if strings.HasPrefix(nameOrARN, "arn:") {
		return nameOrARN
	}
	sum := sha256.Sum256([]byte(kind + nameOrARN))
	return fmt.Sprintf("arn:aws:elasticloadbalancing:%s:%s:%s/%s/%s",
		s.region, s.account, kind, nameOrARN, hex.EncodeToString(sum[:8]))
}

// find returns the group of an ARN, nil if there is none.
func (s *Set) find(arn string) *Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.groups {
		if g.ARN == arn {
			return g
		}
	}
	return nil
}

// Known implements [server.Targets].
func (s *Set) Known(groupARN string) bool { return s.find(groupARN) != nil }

// Register implements [server.Targets].
func (s *Set) Register(_ context.Context, t server.Target, health func(server.TargetHealth)) error {
	g := s.find(t.Group)
	if g == nil {
		return fmt.Errorf("the target group %s does not exist", t.Group)
	}
	return g.register(t, health)
}

// Deregister implements [server.Targets].
func (s *Set) Deregister(ctx context.Context, t server.Target) error {
	if g := s.find(t.Group); g != nil {
		return g.deregister(ctx, t)
	}
	return nil
}

// Close takes all targets out and closes the URLs. It returns when what is in
// flight has ended, or cuts it off when ctx ends.
func (s *Set) Close(ctx context.Context) error {
	s.mu.Lock()
	groups, rules := s.groups, s.rules
	s.mu.Unlock()
	var errs []error
	for _, r := range rules {
		errs = append(errs, r.front.close(ctx))
	}
	for _, g := range groups {
		errs = append(errs, g.close(ctx))
	}
	return errors.Join(errs...)
}
