package ecsfixture

import (
	"context"
	"net"
	"strings"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/targetgroup"
)

// TargetGroup returns the target group of an ARN, or of a name in the
// fixture's account and region; the first call makes it. Options change it,
// also later. Its ARN goes into the loadBalancers of services, whose tasks it
// then balances; requests are sent to its URL, or by its Client.
//
// A group that a service names and nobody has made is made then, with the
// defaults of Elastic Load Balancing and those of [WithTargetGroups]; see
// [WithDeclaredTargetGroups].
func (fx *Fixture) TargetGroup(nameOrARN string, opts ...targetgroup.Option) *targetgroup.Group {
	return fx.targets.Group(nameOrARN, opts...)
}

// ListenerRule returns the rule of a load balancer's listener that splits
// requests between target groups, by its ARN or a name; the first call makes
// it. Its ARN is the productionListenerRule or the testListenerRule of a
// service whose deployments shift traffic.
func (fx *Fixture) ListenerRule(nameOrARN string, groups ...*targetgroup.Group) *targetgroup.Rule {
	return fx.targets.Rule(nameOrARN, groups...)
}

// WithTargetGroups sets what target groups begin with, for instance how often
// they check their targets' health.
func WithTargetGroups(opts ...targetgroup.Option) Option {
	return func(o *options) { o.groups = append(o.groups, opts...) }
}

// WithDeclaredTargetGroups makes services refuse target groups that
// [Fixture.TargetGroup] has not made, as AWS refuses those that don't exist.
func WithDeclaredTargetGroups() Option { return func(o *options) { o.declared = true } }

// dialler is a runtime whose containers are reached within the process.
type dialler interface {
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
}

func (fx *Fixture) newTargets() *targets {
	opts := fx.options.groups
	if d, ok := fx.runtime.(dialler); ok {
		dial := targetgroup.Dial(func(ctx context.Context, t server.Target) (net.Conn, error) {
			return d.DialContext(ctx, "tcp", t.Address)
		})
		opts = append([]targetgroup.Option{dial}, opts...)
	}
	return &targets{targetgroup.NewSet(fx.Account, fx.Region, opts...), fx.options.declared}
}

// targets are target groups and listener rules of which those that a service
// names are made.
type targets struct {
	*targetgroup.Set
	declared bool // only those that were made before
}

// Known implements [server.Targets].
func (t *targets) Known(groupARN string) bool {
	if !t.declared && isELB(groupARN, "targetgroup/") {
		t.Group(groupARN)
	}
	return t.Set.Known(groupARN)
}

// Shift implements [server.TrafficShifter].
func (t *targets) Shift(ctx context.Context, ruleARN string, weights map[string]float64) error {
	if !t.declared && isELB(ruleARN, "listener-rule/") {
		t.Rule(ruleARN)
	}
	return t.Set.Shift(ctx, ruleARN, weights)
}

// isELB reports whether an ARN is that of a resource of Elastic Load
// Balancing, by the beginning of its last part.
func isELB(arn, prefix string) bool {
	parts := strings.SplitN(arn, ":", 6)
	return len(parts) == 6 && parts[0] == "arn" && parts[2] == "elasticloadbalancing" && strings.HasPrefix(parts[5], prefix)
}
